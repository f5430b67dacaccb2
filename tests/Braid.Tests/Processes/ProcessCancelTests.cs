using Xunit;

namespace Braid.Tests.Processes;

public abstract class ProcessCancelTests : ProcessTest
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_running_item_that_ignores_its_token_is_ended_by_killing_its_worker()
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        using var stop = new CancellationTokenSource();
        var sleeper = Soon(Run(executor, Works.SleepForever, 1, stop.Token));
        await UntilStarted();
        int other = await Soon(Run(executor, Works.ProcessId, 0));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeper);
        Assert.Equal(other, await Soon(Run(executor, Works.ProcessId, 0)));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.Cancelled);
    }

    [Fact]
    public async Task A_running_item_that_obeys_its_token_keeps_its_worker()
    {
        var executor = Make(killAfter: TimeSpan.FromMinutes(5));
        using var stop = new CancellationTokenSource();
        var waiting = Soon(executor.RunAsync(Work.Of<int, int>(Works.WaitForCancelAsync), 1, stop.Token));
        await UntilStarted();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task An_item_cancelled_while_it_waits_never_runs()
    {
        var executor = Make(killAfter: Soonest);
        using var stop = new CancellationTokenSource();
        using var stopFirst = new CancellationTokenSource();
        var first = Soon(Run(executor, Works.SleepForever, 1, stopFirst.Token));
        await UntilStarted();
        var queued = Soon(Run(executor, Works.AddOne, 1, stop.Token));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        await stopFirst.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, await Soon(Run(executor, Works.CountCalls, 1)));
        Assert.Equal(2, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
    }

    [Fact]
    public async Task A_time_limit_is_enforced_by_killing_the_worker()
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        var outcomes = new List<Outcome<int, int>>();
        int[] source = [0, Timeout.Infinite, 0, 0, 0];
        await foreach (var outcome in executor.OutcomesAsync(source, Work.Of<int, int>(Works.Sleep), new() { ItemTimeout = TimeSpan.FromMilliseconds(300) })) outcomes.Add(outcome);
        Assert.Equal([true, false, true, true, true], outcomes.Select(o => o.Succeeded));
        var error = Assert.IsType<ItemTimeoutException>(outcomes[1].Exception);
        Assert.Equal(TimeSpan.FromMilliseconds(300), error.Timeout);
    }

    [Fact]
    public async Task Leaving_a_map_early_stops_what_runs()
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        await foreach (int _ in executor.MapAsync([0, Timeout.Infinite, 0, Timeout.Infinite], Work.Of<int, int>(Works.Sleep), new() { MaxConcurrency = 4 })) break;
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
    }

    [Fact]
    public async Task Maps_that_are_left_early_again_and_again_leave_a_working_executor()
    {
        var executor = Make(workers: 2);
        for (int round = 0; round < 30; round++)
        {
            int taken = 0;
            await foreach (int _ in executor.MapAsync(Enumerable.Range(0, 10_000), Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = 200 }))
            {
                if (++taken == round * 10) break;
            }
        }

        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerLost);
    }
}
