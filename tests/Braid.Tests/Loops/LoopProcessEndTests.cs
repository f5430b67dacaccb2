using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>How programs are ended, with all that they have started.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LoopProcessEndTests : LoopProcessTest
{
    private const int KilledExitCode = 128 + 9;

    [Theory, MemberData(nameof(Pollers))]
    public void Killing_a_program_kills_all_that_it_has_started(LoopPoller poller) => Run(async () =>
    {
        await using var process = await Shell("sh -c 'sleep 1000 & sleep 1000 & echo started; wait' & wait");
        using var reader = new StreamReader(process.StandardOutput);
        Assert.Equal("started", await reader.ReadLineAsync());
        process.Kill();
        Assert.Equal(KilledExitCode, await process.WaitForExitAsync());
        Assert.Null(await reader.ReadLineAsync()); // all of them held the pipe
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_program_that_is_asked_to_end_takes_what_it_has_started_along(LoopPoller poller) => Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows what a program has started.");
        await using var process = await Shell("trap 'echo bye; exit 5' TERM; sleep 1000 & echo started; wait");
        using var reader = new StreamReader(process.StandardOutput);
        Assert.Equal("started", await reader.ReadLineAsync());
        process.SendSignal(PosixSignal.SIGTERM);
        Assert.Equal(5, await process.WaitForExitAsync());
        Assert.Equal("bye", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Any_signal_can_be_sent(LoopPoller poller) => Run(async () =>
    {
        await using var process = await Shell("trap 'echo again' HUP; sleep 1000 & echo ready; while :; do wait; done");
        using var reader = new StreamReader(process.StandardOutput);
        Assert.Equal("ready", await reader.ReadLineAsync());
        for (var i = 0; i < 3; i++)
        {
            process.SendSignal(PosixSignal.SIGHUP);
            Assert.Equal("again", await reader.ReadLineAsync());
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => process.SendSignal((PosixSignal)(-100)));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Disposal_kills_what_runs_and_leaves_nothing(LoopPoller poller) => Run(async () =>
    {
        for (var elsewhere = 0; elsewhere < 2; elsewhere++)
        {
            var process = await Shell("sleep 1000 & echo $!; wait");
            using var reader = new StreamReader(process.StandardOutput);
            var grandchild = int.Parse((await reader.ReadLineAsync())!);
            var reading = reader.ReadLineAsync();
            await EventLoop.Yield();
            if (elsewhere == 0) await process.DisposeAsync();
            else await Task.Run(async () => await process.DisposeAsync());
            await process.DisposeAsync();
            Assert.Equal(KilledExitCode, process.ExitCode);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
            Assert.Throws<ObjectDisposedException>(() => { _ = process.StandardInput.WriteAsync(new byte[1]); });
            await UntilAsync(() => IsGone(process.Id) && IsGone(grandchild));
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public async Task The_end_of_the_loop_kills_what_runs(LoopPoller poller)
    {
        var ids = new List<int>();
        Task<int>? exit = null;
        Run(async () =>
        {
            var process = await Shell("sleep 1000 & echo $!; wait");
            exit = process.WaitForExitAsync();
            using var reader = new StreamReader(process.StandardOutput, leaveOpen: true);
            ids = [process.Id, int.Parse((await reader.ReadLineAsync())!)];
        }, poller);
        Assert.Equal(KilledExitCode, await exit!.WaitAsync(Bound));
        Assert.True(SpinWait.SpinUntil(() => ids.TrueForAll(IsGone), Bound));
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task A_program_that_starts_while_the_loop_ends_is_killed(LoopPoller poller)
    {
        using var file = new TemporaryFile();
        Task<LoopProcess>? starting = null;
        Run(() =>
        {
            starting = LoopProcess.StartAsync("sh", ["-c", $"echo $$ > {file.Path}; exec sleep 1000"]).AsTask();
            return Task.CompletedTask;
        }, poller);
        var error = await Record.ExceptionAsync(() => starting!.WaitAsync(Bound));
        if (error is null) Assert.Equal(KilledExitCode, await (await starting!).WaitForExitAsync().WaitAsync(Bound)); // it was faster than the loop's end
        else Assert.IsType<ObjectDisposedException>(error);
        if (File.Exists(file.Path) && int.TryParse(File.ReadAllText(file.Path), out var id)) Assert.True(SpinWait.SpinUntil(() => IsGone(id), Bound));
    }

    // A zombie is gone: it is only not yet buried, for orphans by somebody else.
    private static bool IsGone(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return status[status.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }
}
