using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessIdleTests : ProcessTest
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task An_idle_worker_ends_after_its_time_and_is_started_again_when_an_item_needs_it()
    {
        var time = new ManualTime();
        var executor = Make(new ProcessOptions { Workers = 1, IdleTimeout = Idle, TimeProvider = time });
        int first = await Soon(Run(executor, Works.ProcessId, 0));
        await time.TimerArmedAsync();
        time.Advance(Idle - TimeSpan.FromTicks(1));
        Assert.Equal(first, await Soon(Run(executor, Works.ProcessId, 0)));
        await UntilGone(first, time);
        Assert.NotEqual(first, await Soon(Run(executor, Works.ProcessId, 0)));
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerLost);
    }

    [Fact]
    public async Task A_worker_that_runs_an_item_is_not_idle_however_long_that_takes()
    {
        await using var gate = new Gate();
        var time = new ManualTime();
        var executor = Make(new ProcessOptions { Workers = 2, IdleTimeout = Idle, TimeProvider = time });
        var busy = Soon(executor.RunAsync(Work.Of<GateCall, int>(Support.Works.PassAsync), gate.Call(1)));
        await gate.ArrivedAsync(1);
        int idle = await Soon(Run(executor, Works.ProcessId, 0));
        await UntilGone(idle, time);
        await gate.OpenAsync(1);
        Assert.Equal(1, await busy);
        Assert.Equal(2, Timeline.Events.Count(e => e.Phase == TracePhase.WorkerStarted));
    }

    [Fact]
    public async Task Items_that_come_while_idle_workers_end_are_not_lost()
    {
        var executor = Make(new ProcessOptions { Workers = 2, IdleTimeout = TimeSpan.FromMilliseconds(1) });
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(i + 1, await Soon(Run(executor, Works.AddOne, i)));
            await Task.Delay(i % 4);
        }
    }

    // An item's result can be there before its worker is known to be idle: time goes on until that has been noticed.
    private static Task UntilGone(int processId, ManualTime time) =>
        Until(
            () =>
            {
                time.Advance(Idle);
                return !IsAlive(processId);
            },
            "the idle worker is gone");
}
