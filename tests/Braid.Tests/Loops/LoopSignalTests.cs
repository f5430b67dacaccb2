using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Braid.Posix;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>This program signals itself. Each signal that would end it is listened to before.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LoopSignalTests : LoopTest
{
    private static readonly PosixSignal User1 = (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);

    public LoopSignalTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");

    [Theory, MemberData(nameof(Pollers))]
    public void A_signal_is_heard_on_the_loops_thread(LoopPoller poller) => Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        using var signal = LoopSignal.Listen(User1);
        for (var i = 0; i < 20; i++)
        {
            var wait = signal.WaitAsync();
            Raise(User1);
            await wait;
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Signals_that_come_while_nobody_waits_are_heard_once(LoopPoller poller) => Run(async () =>
    {
        using var before = LoopSignal.Listen(User1); // listeners are told one after the other: between these two is the one that is tested
        using var signal = LoopSignal.Listen(User1);
        using var after = LoopSignal.Listen(User1);
        for (var i = 0; i < 3; i++)
        {
            Raise(User1);
            await before.WaitAsync();
            await after.WaitAsync();
        }

        await signal.WaitAsync();
        var second = signal.WaitAsync().AsTask();
        for (var i = 0; i < 10; i++) await EventLoop.Yield();
        Assert.False(second.IsCompleted);
        Raise(User1);
        await second;
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_wait_is_cancelled_and_the_signal_is_still_listened_to(LoopPoller poller) => Run(async () =>
    {
        using var signal = LoopSignal.Listen(User1);
        using var source = new CancellationTokenSource();
        var wait = signal.WaitAsync(source.Token).AsTask();
        Assert.Contains("in progress", Assert.Throws<InvalidOperationException>(() => { _ = signal.WaitAsync(); }).Message);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await signal.WaitAsync(new CancellationToken(true)));
        Raise(User1);
        await signal.WaitAsync();
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Disposal_and_the_end_of_the_loop_end_a_wait(LoopPoller poller)
    {
        Task? left = null;
        LoopSignal? open = null;
        Run(async () =>
        {
            var signal = LoopSignal.Listen(PosixSignal.SIGCONT);
            var wait = signal.WaitAsync().AsTask();
            await Task.Run(signal.Dispose);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
            Assert.Throws<ObjectDisposedException>(() => { _ = signal.WaitAsync(); });
            open = LoopSignal.Listen(PosixSignal.SIGCONT);
            left = open.WaitAsync().AsTask();
        }, poller);
        Assert.IsType<ObjectDisposedException>(left!.Exception!.InnerException);
        open!.Dispose();
    }

    [Fact]
    public void What_cannot_be_listened_to_is_refused() => Run(() =>
    {
        Assert.ThrowsAny<Exception>(() => LoopSignal.Listen((PosixSignal)9)); // SIGKILL
        return Task.CompletedTask;
    });

    [Fact]
    public void Listening_to_Ctrl_C_takes_the_place_of_what_Run_does() => OnThread(() =>
    {
        using var child = ChildProgram.Start(CountInterrupts);
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        for (var i = 1; i <= 3; i++)
        {
            ProcessSignal.Send(child.Id, ProcessSignal.NumberOf(PosixSignal.SIGINT));
            Assert.Equal($"{i}, main goes on: True", child.StandardOutput.ReadLine());
        }

        Assert.True(child.WaitForExit(Bound));
        Assert.Equal(0, child.ExitCode);
    });

    [Fact]
    public void Without_a_listener_Ctrl_C_cancels_main() => OnThread(() =>
    {
        using var child = ChildProgram.Start(EndAtInterrupt);
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        ProcessSignal.Send(child.Id, ProcessSignal.NumberOf(PosixSignal.SIGINT));
        Assert.Equal("cancelled", child.StandardOutput.ReadLine());
        Assert.True(child.WaitForExit(Bound));
        Assert.Equal(0, child.ExitCode);
    });

    internal static void CountInterrupts() => EventLoop.Run(async cancellationToken =>
    {
        using var interrupt = LoopSignal.Listen(PosixSignal.SIGINT);
        Console.WriteLine("ready");
        for (var i = 1; i <= 3; i++)
        {
            await interrupt.WaitAsync(cancellationToken);
            Console.WriteLine($"{i}, main goes on: {!cancellationToken.IsCancellationRequested}");
        }
    });

    internal static void EndAtInterrupt() => EventLoop.Run(async cancellationToken =>
    {
        LoopSignal.Listen(PosixSignal.SIGINT).Dispose(); // one that is gone does not count
        Console.WriteLine("ready");
        try
        {
            await EventLoop.Current!.SleepAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("cancelled");
        }
    });

    private static void Raise(PosixSignal signal) => ProcessSignal.Send(Environment.ProcessId, ProcessSignal.NumberOf(signal));
}
