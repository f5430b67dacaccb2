using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessDeadlineTests : ProcessTest
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Disposal_without_a_deadline_waits_for_running_items()
    {
        var executor = Make();
        await using var gate = new Gate();
        var running = executor.RunAsync(Support.Works.PassStubbornlyAsync, gate.Call(0)).AsTask();
        await gate.ArrivedAsync(0);
        var disposal = executor.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        await gate.OpenAsync(0);
        Assert.Equal(0, await running.Bounded());
        await disposal.Bounded();
    }

    [Fact]
    public async Task Disposal_whose_items_end_in_time_reports_nothing()
    {
        var executor = Make();
        await using var gate = new Gate();
        var item = Soon(executor.RunAsync(Support.Works.PassStubbornlyAsync, gate.Call(10)));
        await gate.ArrivedAsync(10);
        var disposal = executor.DisposeAsync(TimeSpan.FromMinutes(5));
        await gate.OpenAsync(10);
        var report = await disposal.Bounded();
        Assert.True(report.IsComplete);
        Assert.Empty(report.Unfinished);
        Assert.Equal(10, await item);
        Assert.True((await executor.DisposeAsync(TimeSpan.Zero).Bounded()).IsComplete);
        Assert.True((await Make().DisposeAsync(TimeSpan.Zero).Bounded()).IsComplete);
    }

    [Fact]
    public async Task After_the_deadline_what_runs_is_stopped_what_waits_is_cancelled_and_the_report_tells_of_both()
    {
        var executor = Make(workers: 1, killAfter: Soonest);
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var running = Soon(Run(executor, Crashes.SleepForEver, 5));
        await UntilStarted(2);
        var queued = Enumerable.Range(0, 40).Select(i => Soon(Run(executor, Works.AddOne, i))).ToArray();
        var report = await executor.DisposeAsync(Short).Bounded();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("'Crashes.SleepForEver' (5) had not ended", error.Message);
        foreach (var item in queued) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        Assert.False(report.IsComplete);
        Assert.Equal(41, report.Unfinished.Count);
        var first = report.Unfinished[0];
        Assert.Equal(("Crashes.SleepForEver", "5", null, 0), (first.Name, first.Argument, first.Index, first.Lane));
        Assert.True(first.RanFor >= Short / 2);
        Assert.All(report.Unfinished.Skip(1), item => Assert.Equal(("Works.AddOne", null, TimeSpan.Zero), (item.Name, item.Lane, item.RanFor)));
        Assert.False(IsAlive(pid));
        Assert.Equal(2, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
        Assert.Equal(41, Timeline.Events.Count(e => e.Phase == TracePhase.Cancelled));
        Assert.Equal((0, 0), (executor.LostWorkers, executor.RaisedErrors));
    }

    [Fact]
    public async Task After_the_deadline_work_that_follows_its_token_ends_by_itself()
    {
        var executor = Make(killAfter: TimeSpan.FromHours(1));
        var running = Soon(executor.RunAsync(Work.Of<int, int>(Works.WaitForCancelAsync), 1));
        await UntilStarted();
        var report = await executor.DisposeAsync(Short).Bounded();
        Assert.Single(report.Unfinished);
        Assert.Contains("was disposed", (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running)).Message);
        Assert.Equal(0, executor.RaisedErrors);
    }

    [Fact]
    public async Task After_the_deadline_items_of_a_map_end_as_cancelled_with_their_places_and_are_not_tried_again()
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        var options = new MapOptions { MaxAttempts = 3, RetryDelay = TimeSpan.FromHours(1), MaxConcurrency = 4 };
        var outcomes = executor.OutcomesAsync([1, 2, 3, 4], Work.Of<int, int>(Crashes.SleepForEver), options).ToListAsync();
        await UntilStarted(2);
        var report = await executor.DisposeAsync(TimeSpan.Zero).Bounded();
        Assert.Equal([0L, 1, 2, 3], report.Unfinished.Select(item => item.Index!.Value).Order());
        Assert.Equal([0, 1], report.Unfinished.Take(2).Select(item => item.Lane!.Value).Order());
        Assert.All(await outcomes.Bounded(), o =>
        {
            Assert.IsAssignableFrom<OperationCanceledException>(o.Exception);
            Assert.Equal(1, o.Attempts);
        });
    }

    [Fact]
    public async Task After_the_deadline_calls_that_a_worker_has_ahead_are_cancelled_too()
    {
        for (int round = 0; round < 5; round++)
        {
            var executor = Make(workers: 2, killAfter: Soonest);
            var map = executor.OutcomesAsync(Enumerable.Range(0, 1_000_000), Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = 500 });
            await using var outcomes = map.GetAsyncEnumerator();
            for (int i = 0; i < 1000; i++) Assert.True(await outcomes.MoveNextAsync().AsTask().WaitAsync(Limit));
            await executor.DisposeAsync(TimeSpan.Zero).Bounded();
        }
    }

    [Fact]
    public async Task A_worker_that_is_stopped_from_outside_does_not_hold_up_a_disposal_with_a_deadline()
    {
        var executor = Make(killAfter: Soonest);
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        Crashes.Send(pid, Crashes.Stop);
        var item = Soon(Run(executor, Works.AddOne, 1));
        var report = await executor.DisposeAsync(Short).Bounded();
        Assert.Null(Assert.Single(report.Unfinished).Lane);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        Assert.False(IsAlive(pid));
    }

    [Fact]
    public void A_negative_deadline_is_refused_at_once()
    {
        var executor = Make();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = executor.DisposeAsync(TimeSpan.FromSeconds(-3)); });
        Assert.Equal("deadline", error.ParamName);
        Assert.Equal(TimeSpan.FromSeconds(-3), error.ActualValue);
    }
}
