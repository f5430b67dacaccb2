using System.Runtime.CompilerServices;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>What a loop tells when it ends: see the numbers in BraidEventSource.</summary>
public sealed class LeftOverTests : LoopTest
{
    private const string Here = "Braid.Tests.Loops.LeftOverTests";

    private readonly WarningLog _log = new();
    private readonly string _name = WarningLog.NewLoopName();

    [Fact]
    public void What_still_waits_is_told_and_ended()
    {
        Task? nap = null;
        Run(() => { nap = NapAsync(); return Task.CompletedTask; }, Named);
        Assert.Equal($"sleep in {Here}.NapAsync", _log.Next(5, _name)[1]);
        Assert.True(nap!.IsCanceled);
    }

    [Fact]
    public void A_sleep_that_nobody_awaits_is_told()
    {
        Run(() => { _ = Loop.SleepAsync(TimeSpan.FromDays(1)); return Task.CompletedTask; }, Named);
        Assert.Equal("sleep that nobody awaits", _log.Next(5, _name)[1]);
    }

    [Fact]
    public void What_does_not_end_is_told_and_left_behind()
    {
        using var end = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        Run(() =>
        {
            _ = SpinAsync();
            _ = Loop.OffloadAsync(WaitFor, (begun, end), CancellationToken.None);
            begun.Wait(TestContext.Current.CancellationToken);
            return Task.CompletedTask;
        }, Named);
        Assert.Equal($"{Here}.SpinAsync, offload of {Here}.WaitFor", _log.Next(4, _name)[1]);
        end.Set();
    }

    [Fact]
    public void A_failure_that_nobody_has_seen_is_told_when_the_loop_ends()
    {
        Run(async () =>
        {
            Forget();
            await EventLoop.Yield();
            await EventLoop.Yield();
        }, Named);
        Assert.StartsWith("System.IO.InvalidDataException: nobody looks", (string)_log.Next(3, $"{Here}.FailAsync")[1]!, StringComparison.Ordinal);
    }

    private LoopOptions Named => new() { Name = _name };

    // A method of its own, so that no frame keeps the task alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = FailAsync();

    private static async Task FailAsync()
    {
        await EventLoop.Yield();
        throw new InvalidDataException("nobody looks");
    }

    private static int WaitFor((ManualResetEventSlim Begun, ManualResetEventSlim End) gates)
    {
        gates.Begun.Set();
        gates.End.Wait();
        return 0;
    }

    private static async Task NapAsync() => await Loop.SleepAsync(Timeout.InfiniteTimeSpan);

    private static async Task SpinAsync()
    {
        while (true) await EventLoop.Yield();
    }
}
