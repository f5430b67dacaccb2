using System.Diagnostics;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Map_options_out_of_range_are_refused_at_the_call_with_the_name_and_the_value()
    {
        await using var executor = Create();
        var refused = new (string Name, MapOptions Options)[]
        {
            (nameof(MapOptions.MaxConcurrency), new() { MaxConcurrency = 0 }),
            (nameof(MapOptions.MaxConcurrency), new() { MaxConcurrency = -3 }),
            (nameof(MapOptions.ItemTimeout), new() { ItemTimeout = TimeSpan.FromSeconds(-5) }),
            (nameof(MapOptions.ItemTimeout), new() { ItemTimeout = TimeSpan.Zero }),
            (nameof(MapOptions.ItemTimeout), new() { ItemTimeout = TimeSpan.FromDays(50) }),
            (nameof(MapOptions.ItemTimeout), new() { ItemTimeout = TimeSpan.MaxValue }),
            (nameof(MapOptions.MaxAttempts), new() { MaxAttempts = 0 }),
            (nameof(MapOptions.RetryDelay), new() { RetryDelay = TimeSpan.FromDays(50) }),
            (nameof(MapOptions.RetryDelay), new() { RetryDelay = TimeSpan.FromSeconds(-1) }),
            (nameof(MapOptions.OnError), new() { OnError = (ErrorMode)9 }),
        };
        foreach (var (name, options) in refused)
        {
            var exception = Assert.Throws<ArgumentOutOfRangeException>(() => executor.MapAsync([1], Works.AddOne, options));
            Assert.Equal(name, exception.ParamName);
            Assert.NotNull(exception.ActualValue);
            Assert.Throws<ArgumentOutOfRangeException>(() => executor.OutcomesAsync([1], Works.AddOne, options));
        }
    }

    [Fact]
    public async Task A_time_limit_that_cannot_be_kept_is_refused()
    {
        if (EnforcesItemTimeout) return;
        await using var executor = Create();
        var exception = await Assert.ThrowsAsync<NotSupportedException>(() =>
            executor.OutcomesAsync([1], Works.AddOne, new MapOptions { ItemTimeout = TimeSpan.FromSeconds(1) }).ToListAsync().Bounded());
        Assert.Contains("ThreadExecutor", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
    }

    [Fact]
    public async Task Work_that_disposes_the_executor_on_which_it_runs_is_told_so_and_does_not_wait_for_itself()
    {
        if (!SharesMemory) return;
        await using var executor = Create();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.RunAsync(
            async (int x) =>
            {
                await executor.DisposeAsync();
                return x;
            },
            1).Bounded());
        Assert.Contains("disposes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_waits_for_accepted_work()
    {
        var executor = Create(concurrency: 1);
        await using var gate = new Gate();
        using var file = new TemporaryFile();
        var running = executor.RunAsync(Works.PassAsync, gate.Call(0)).AsTask();
        await gate.ArrivedAsync(0);
        var waiting = IsConcurrent ? executor.RunAsync(Works.Touch, file.Path).AsTask() : Task.FromResult(1);
        var disposal = executor.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        await gate.OpenAsync(0);
        await disposal.Bounded();
        Assert.True(running.IsCompleted || await running.Bounded() == 0);
        Assert.Equal(1, await waiting.Bounded());
        Assert.Equal(IsConcurrent, File.Exists(file.Path));
    }

    [Fact]
    public async Task Running_after_disposal_throws_ObjectDisposedException()
    {
        var executor = Create();
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
        await executor.DisposeAsync().Bounded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => executor.RunAsync(Works.AddOne, 1).Bounded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => executor.MapAsync([1, 2], Works.AddOne).ToListAsync().Bounded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => executor.OutcomesAsync([1, 2], Works.AddOne).ToListAsync().Bounded());
    }

    [Fact]
    public async Task Disposing_twice_or_from_two_threads_is_harmless()
    {
        var executor = Create();
        await executor.RunAsync(Works.AddOne, 1).Bounded();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => executor.DisposeAsync().AsTask()))).Bounded();
        await executor.DisposeAsync().Bounded();
        await Create().DisposeAsync().Bounded(); // One that was never used.
    }

    [Fact]
    public async Task An_item_reports_running_only_once_a_worker_has_begun_it()
    {
        var timeline = new Timeline();
        await using var executor = Create(concurrency: 1, new() { Timeline = timeline });
        await using var gate = new Gate();
        var first = executor.RunAsync(Works.PassAsync, gate.Call(0)).AsTask();
        await gate.ArrivedAsync(0);
        var second = IsConcurrent ? executor.RunAsync(Works.PassAsync, gate.Call(1)).AsTask() : Task.FromResult(1);
        Assert.Single(timeline.Events, e => e.Phase == TracePhase.Started);
        Assert.Equal(IsConcurrent ? 2 : 1, timeline.Events.Count(e => e.Phase == TracePhase.Queued));
        gate.StandingAnswer = GateAnswer.Open;
        await gate.OpenAsync(0);
        await Task.WhenAll(first, second).Bounded();
        await executor.DisposeAsync();

        // Each item: queued, then started on a lane, then ended on the same lane.
        foreach (var item in timeline.Events.Where(e => e.ItemId != 0).GroupBy(e => e.ItemId))
        {
            Assert.Equal([TracePhase.Queued, TracePhase.Started, TracePhase.Succeeded], item.Select(e => e.Phase));
            Assert.Equal(-1, item.First().Lane);
            Assert.True(item.ElementAt(1).Lane >= 0);
            Assert.Equal(item.ElementAt(1).Lane, item.ElementAt(2).Lane);
            Assert.NotNull(item.First().Detail);
        }
    }

    [Fact]
    public async Task Work_may_use_its_own_executor_and_wait_for_it_with_await_without_deadlock()
    {
        if (!SharesMemory)
        {
            // In its process the work has executors of its own.
            await using var outside = Create(concurrency: 1);
            Assert.Equal(43, await outside.RunAsync(NestedInProcessAsync, 41).Bounded());
            return;
        }

        await using var executor = Create(concurrency: 1);
        int result = await executor.RunAsync(
            async (int x) => await executor.RunAsync(async (int y) => await executor.RunAsync(Works.AddOne, y) + 1, x), 40).Bounded();
        Assert.Equal(42, result);
        var sums = await executor.MapAsync(Enumerable.Range(0, 20), async x => await executor.RunAsync(Works.AddOne, x)).ToListAsync().Bounded();
        Assert.Equal(Enumerable.Range(1, 20), sums);
    }

    [Fact]
    public async Task Work_that_blocks_a_worker_on_its_own_executor_is_found_out_and_named()
    {
        if (!FindsBlockedWorkers || !SharesMemory) return;
        await using var executor = Create(concurrency: 1);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            executor.RunAsync((int x) => executor.RunAsync(Works.AddOne, x).AsTask().Result, 1).Bounded());
        Assert.Contains("Works.AddOne", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Await it", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
    }

    [Fact]
    public async Task AsyncLocal_values_reach_the_work()
    {
        if (!SharesMemory) return; // Trace context flows there: see the next test.
        await using var executor = Create();
        Works.Local.Value = "here";
        Assert.Equal("here", await executor.RunAsync(Works.ReadLocal, 1).Bounded());
        Assert.Equal("here", await executor.RunAsync(Works.ReadLocalAsync, 1).Bounded());
        Assert.Equal(["here", "here"], await executor.MapAsync([1, 2], Works.ReadLocal).ToListAsync().Bounded());
        await executor.RunAsync((int x) => Works.Local.Value = "changed by the work", 1).Bounded();
        Assert.Equal("here", Works.Local.Value);
    }

    [Fact]
    public async Task The_current_Activity_reaches_the_work()
    {
        await using var executor = Create();
        using var activity = new Activity("test").Start();
        Assert.Equal(activity.TraceId.ToString(), await executor.RunAsync(Works.ReadTraceId, 1).Bounded());
        Assert.Equal([activity.TraceId.ToString()], await executor.MapAsync([1], Works.ReadTraceId).ToListAsync().Bounded());
    }

    [Fact]
    public async Task Progress_is_told_after_each_item()
    {
        await using var executor = Create();
        var told = new List<MapProgress>();
        var options = new MapOptions { Progress = new ImmediateProgress(told.Add), OnError = ErrorMode.FinishThenThrow };
        await Assert.ThrowsAsync<InvalidDataException>(() => executor.MapAsync(new[] { 1, 3, 5 }, Works.FailAt3, options).ToListAsync().Bounded());
        Assert.Equal([(1L, 0L), (1, 1), (2, 1)], told.Select(p => (p.Succeeded, p.Failed)));
        Assert.All(told, p => Assert.Equal(3, p.Total));
        Assert.Equal(3, told[^1].Submitted);
    }

    [Fact]
    public void The_name_is_the_types_own_unless_it_is_given()
    {
        Assert.EndsWith("Executor", Create().Name, StringComparison.Ordinal);
        Assert.Equal("mine", Create(options: new() { Name = "mine" }).Name);
    }

    protected static async Task<int> NestedInProcessAsync(int x)
    {
        await using var inner = new ThreadExecutor(new() { Threads = 1 });
        return await inner.RunAsync(async (int y) => await inner.RunAsync(Works.AddOne, y) + 1, x);
    }

    private sealed class ImmediateProgress(Action<MapProgress> report) : IProgress<MapProgress>
    {
        public void Report(MapProgress value) => report(value);
    }

    [Fact]
    public async Task Another_attempt_has_the_callers_AsyncLocal_values_and_not_those_that_the_work_has_set()
    {
        if (!SharesMemory) return;
        await using var executor = Create();
        Works.Local.Value = "here";
        var seen = new List<string?>();
        int Work(int x)
        {
            seen.Add(Works.Local.Value);
            Works.Local.Value = "changed by the work";
            return seen.Count < 2 ? throw new InvalidDataException() : x;
        }

        Assert.Equal([1], await executor.MapAsync([1], Work, new MapOptions { MaxAttempts = 2 }).ToListAsync().Bounded());
        Assert.Equal(["here", "here"], seen);
    }

    [Fact]
    public async Task Work_may_await_another_attempt_on_its_own_executor()
    {
        if (!SharesMemory) return;
        await using var executor = Create(concurrency: 1);
        int attempts = 0;
        int Inner(int x) => Interlocked.Increment(ref attempts) < 2 ? throw new InvalidDataException() : x;
        foreach (var delay in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromMilliseconds(1)])
        {
            attempts = 0;
            var options = new MapOptions { MaxAttempts = 2, RetryDelay = delay };
            var results = await executor.RunAsync(async (int x) => await executor.MapAsync([x], Inner, options).ToListAsync(), 7).Bounded();
            Assert.Equal([7], results);
        }
    }

    [Fact]
    public async Task An_item_that_the_executor_refuses_has_an_end_on_the_timeline()
    {
        if (EnforcesItemTimeout) return; // No other refusal is common to engines.
        var timeline = new Timeline();
        await using var executor = Create(options: new() { Timeline = timeline });
        await Assert.ThrowsAnyAsync<Exception>(() => executor.MapAsync([1], Works.AddOne, new MapOptions { ItemTimeout = TimeSpan.FromSeconds(1) }).ToListAsync().Bounded());
        Assert.Equal([TracePhase.Queued, TracePhase.Failed], timeline.Events.Select(e => e.Phase));
    }

    [Fact]
    public async Task A_source_whose_current_item_cannot_be_read_fails_at_its_place()
    {
        await using var executor = Create();
        var got = new List<int>();
        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            await foreach (int result in executor.MapAsync(new Unreadable(), Works.AddOne)) got.Add(result);
        });
        Assert.Equal([2], got);
    }

    private sealed class Unreadable : IEnumerable<int>, IEnumerator<int>
    {
        private int _at;

        public int Current => _at == 1 ? 1 : throw new EndOfStreamException();

        object System.Collections.IEnumerator.Current => Current;

        public IEnumerator<int> GetEnumerator() => this;

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => this;

        public bool MoveNext() => ++_at < 3;

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
