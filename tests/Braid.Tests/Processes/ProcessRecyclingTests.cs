using Braid.Processes;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessRecyclingTests : ProcessTest
{
    [Fact]
    public async Task A_worker_runs_three_items_and_then_another_takes_its_place()
    {
        var executor = Make(new ProcessOptions { Workers = 1, RecycleAfter = 3 });
        var pids = new List<int>();
        for (int i = 0; i < 9; i++) pids.Add(await Soon(Run(executor, Works.ProcessId, i)));
        Assert.Equal(3, pids.Distinct().Count());
        Assert.All(pids.Chunk(3), three => Assert.Single(three.Distinct()));
        await Until(() => !pids.Take(6).Any(IsAlive), "the first two workers are gone");
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerLost);
    }

    [Fact]
    public async Task Calls_sent_ahead_never_give_a_worker_more_than_its_share()
    {
        const int share = 100;
        var executor = Make(new ProcessOptions { Workers = 2, RecycleAfter = share });
        var options = new MapOptions { MaxConcurrency = 64 };
        var pids = await executor.MapAsync(Enumerable.Range(0, 1500), Work.Of<int, int>(Works.ProcessId), options).ToListAsync().Bounded();
        Assert.Equal(1500, pids.Count);
        Assert.All(pids.CountBy(pid => pid), worker => Assert.InRange(worker.Value, 1, share));
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerLost);
    }

    [Fact]
    public async Task Nothing_is_lost_and_nothing_runs_twice_when_every_item_has_a_worker_of_its_own()
    {
        var executor = Make(new ProcessOptions { Workers = 2, RecycleAfter = 1 });
        var items = Enumerable.Range(0, 20).Select(i => Soon(Run(executor, CountAndSame, i))).ToArray();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (i, 1)), await Task.WhenAll(items));
        Assert.Equal(20, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
    }

    [Fact]
    public async Task The_next_worker_starts_while_the_last_item_runs_and_runs_nothing_until_that_has_ended()
    {
        await using var gate = new Gate();
        var executor = Make(new ProcessOptions { Workers = 1, RecycleAfter = 1 });
        var last = Soon(executor.RunAsync(Work.Of<GateCall, int>(Support.Works.PassAsync), gate.Call(1)));
        await gate.ArrivedAsync(1);
        var next = Soon(executor.RunAsync(Work.Of<GateCall, int>(Support.Works.PassAsync), gate.Call(2)));
        await Until(() => Timeline.Events.Count(e => e.Phase == TracePhase.WorkerStarted) == 2, "the next worker is there");
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.Started);
        Assert.False(gate.HasArrived(2));
        await gate.OpenAsync(1);
        await gate.OpenAsync(2);
        Assert.Equal(1, await last);
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task A_crash_in_the_last_item_fails_that_item_alone()
    {
        var executor = Make(new ProcessOptions { Workers = 1, RecycleAfter = 2 });
        int[] source = [1, 13, 2, 13, 3];
        var outcomes = await executor.OutcomesAsync(source, Work.Of<int, int>(Works.EndIf)).ToListAsync().Bounded();
        Assert.Equal([true, false, true, false, true], outcomes.Select(o => o.Succeeded));
        Assert.All(outcomes.Where(o => !o.Succeeded), o => Assert.IsType<WorkerLostException>(o.Exception));
    }

    [Fact]
    public async Task The_last_item_can_be_cancelled_and_timed_out_like_others()
    {
        var executor = Make(new ProcessOptions { Workers = 1, RecycleAfter = 1, KillAfter = TimeSpan.FromMilliseconds(50) });
        using var stop = new CancellationTokenSource();
        var stuck = Soon(Run(executor, Works.SleepForever, 1, stop.Token));
        await UntilStarted();
        var next = Soon(Run(executor, Works.AddOne, 1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task A_worker_that_does_not_end_when_it_is_replaced_is_killed()
    {
        var executor = Make(new ProcessOptions { Workers = 1, RecycleAfter = 1, KillAfter = TimeSpan.FromMilliseconds(50) });
        var pids = new List<int>();
        for (int i = 0; i < 4; i++) pids.Add(await Soon(Run(executor, StayAtExit, 0)));
        Assert.Equal(4, pids.Distinct().Count());
        await Until(() => !pids.Exists(IsAlive), "all four are gone");
    }

    [Fact]
    public async Task A_worker_that_has_grown_is_replaced_between_items_and_nothing_fails()
    {
        var time = new ManualTime();
        var executor = Make(new ProcessOptions { Workers = 1, RecycleOnGrowth = 64 * 1024 * 1024, TimeProvider = time });
        int first = await Soon(Run(executor, Grow, 1));
        time.Advance(MemoryWatch.Interval);
        Assert.Equal(first, await Soon(Run(executor, Grow, 150)));
        time.Advance(MemoryWatch.Interval);
        Assert.NotEqual(first, await Soon(Run(executor, Grow, 1)));
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerLost);
    }

    private static (int Item, int Calls) CountAndSame(int item) => (item, Works.CountCalls(item));

    private static int StayAtExit(int ignored)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Thread.Sleep(Timeout.Infinite);
        return Environment.ProcessId;
    }

    private static int Grow(int megabytes)
    {
        Ballast.Add(megabytes);
        return Environment.ProcessId;
    }
}
