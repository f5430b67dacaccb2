using System.Diagnostics;
using Braid.Items;
using Xunit;

namespace Braid.Tests.Processes;

public abstract class ProcessResultTests : ProcessTest
{
    [Fact]
    public async Task Work_runs_in_another_process_and_its_result_comes_back()
    {
        var executor = Make();
        Assert.Equal(42, await Soon(Run(executor, Works.AddOne, 41)));
        Assert.NotEqual(Environment.ProcessId, await Soon(Run(executor, Works.ProcessId, 0)));
    }

    [Fact]
    public async Task All_shapes_of_work_run()
    {
        var executor = Make();
        Assert.Equal(2, await Soon(executor.RunAsync(Work.Of<int, int>(Works.AddOneLaterAsync), 1)));
        Assert.Equal(3, await Soon(executor.RunAsync(Work.Of<int, int>(Works.AddOneSoonAsync), 2)));
        Assert.Equal(4, await Soon(executor.RunAsync(Work.Of<int, int>(Works.WithToken), 4)));
        Assert.Equal(5, await Soon(executor.RunAsync(Work.Of<int, int>(static async (int x, CancellationToken token) => await Task.Run(() => x, token)), 5)));
        Assert.Equal(6, await Soon(executor.RunAsync(Work.Of<int, int>(static x => new ValueTask<int>(x)), 6)));
        Assert.Equal(7, await Soon(executor.RunAsync(Work.Of<int, int>(x => x + 1), 6)));
    }

    [Fact]
    public async Task Work_without_a_result_runs()
    {
        var executor = Make();
        await Soon(executor.RunAsync(Work.OfNothing<int>(static (int x) => { if (x != 1) throw new InvalidOperationException(); }, WorkShape.Action, "a"), 1));
        await Soon(executor.RunAsync(Work.OfNothing<int>((Func<int, Task>)Works.AddOneLaterAsync, WorkShape.PlainTask, "b"), 1));
        await Soon(executor.RunAsync(Work.OfNothing<int>(static (int x, CancellationToken t) => default(ValueTask), WorkShape.PlainValueTaskWithToken, "c"), 1));
    }

    [Fact]
    public async Task Generic_methods_of_generic_classes_run()
    {
        var executor = Make();
        Assert.Equal("Point Int32 5", await Soon(Run<int, string>(executor, Generic<Point>.Names, 5)));
        Assert.Equal("String List`1 System.Collections.Generic.List`1[System.Int32]", await Soon(Run<List<int>, string>(executor, Generic<string>.Names, [1])));
    }

    [Fact]
    public async Task Records_tuples_and_collections_are_copied()
    {
        var executor = Make();
        var point = await Soon(Run(executor, Works.Same<Point>, new Point(1, null) { Values = [double.NaN, 2] }));
        Assert.Equal((1, (string?)null), (point.X, point.Label));
        Assert.Equal([double.NaN, 2], point.Values);
        Assert.Equal((1, "x"), await Soon(Run(executor, Works.Same<(int, string)>, (1, "x"))));
        Assert.Null(await Soon(Run<string?, string?>(executor, Works.Same<string?>, null)));
        Assert.Equal(new Circle(2), await Soon(Run(executor, Works.Same<Shape>, new Circle(2))));
    }

    [Fact]
    public async Task A_worker_is_reused_and_has_static_fields_of_its_own()
    {
        var executor = Make(workers: 3);
        Assert.Equal(1, await Soon(Run(executor, Works.CountCalls, 0)));
        Assert.Equal(2, await Soon(Run(executor, Works.CountCalls, 0)));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task Work_runs_on_the_main_thread_of_its_worker()
    {
        var executor = Make();
        Assert.Equal(1, await Soon(Run(executor, Works.ThreadId, 0)));
        Assert.Equal(1, await Soon(Run(executor, Works.ThreadId, 0)));
    }

    [Fact]
    public async Task Map_gives_results_in_source_order_from_no_more_workers_than_allowed()
    {
        var executor = Make(workers: 2);
        var pids = new HashSet<int>();
        await foreach (int pid in executor.MapAsync(Enumerable.Range(0, 200), Work.Of<int, int>(Works.ProcessId))) pids.Add(pid);
        Assert.InRange(pids.Count, 1, 2);

        var results = new List<int>();
        await foreach (int result in executor.MapAsync(Enumerable.Range(0, 500), Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = 64 })) results.Add(result);
        Assert.Equal(Enumerable.Range(1, 500), results);
    }

    [Fact]
    public async Task Sixty_four_megabytes_go_there_and_back()
    {
        var executor = Make(workers: 2);
        byte[] bytes = new byte[64 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var both = await Task.WhenAll(Soon(Run(executor, Works.Turn, bytes)), Soon(Run(executor, Works.Turn, bytes)));
        Array.Reverse(bytes);
        Assert.True(both[0].AsSpan().SequenceEqual(bytes));
        Assert.True(both[1].AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task A_hundred_thousand_small_items_from_many_threads_are_neither_lost_nor_doubled()
    {
        var executor = Make(workers: 2);
        var work = Work.Of<int, int>(Works.AddOne);
        const int Threads = 8;
        const int Each = 12_500;
        var sums = await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Run(async () =>
        {
            int next = t * Each;
            await foreach (int result in executor.MapAsync(Enumerable.Range(t * Each, Each), work, new() { MaxConcurrency = 64 })) Assert.Equal(++next, result);
            return next - (t * Each);
        }))).WaitAsync(Limit);
        Assert.Equal(Threads * Each, sums.Sum());
        Assert.Equal(Threads * Each, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
        Assert.Equal(Threads * Each, Timeline.Events.Count(e => e.Phase == TracePhase.Succeeded));
    }

    [Fact]
    public async Task Nothing_waits_behind_a_slow_item_while_another_worker_is_idle()
    {
        var executor = Make(workers: 2);
        var work = Work.Of<int, int>(Works.Sleep);

        // Quick items first, so that workers are given several calls ahead; then one that does not end among many that do.
        using var stop = new CancellationTokenSource();
        await foreach (int _ in executor.MapAsync(Enumerable.Repeat(0, 2000), work, new() { MaxConcurrency = 128 })) { }
        var source = Enumerable.Repeat(0, 40).Append(Timeout.Infinite).Concat(Enumerable.Repeat(0, 59));
        int done = 0;
        var map = Task.Run(async () =>
        {
            await foreach (var outcome in executor.OutcomesAsync(source, work, new() { MaxConcurrency = 100, Ordered = false }, stop.Token))
            {
                if (Interlocked.Increment(ref done) == 99) await stop.CancelAsync();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.WaitAsync(Limit));
        Assert.Equal(99, done);
    }

    [Fact]
    public async Task Nothing_waits_behind_a_long_item_while_others_are_begun()
    {
        var executor = Make(workers: 2);
        var work = Work.Of<int, int>(Works.Sleep);
        await foreach (int _ in executor.MapAsync(Enumerable.Repeat(0, 2000), work, new() { MaxConcurrency = 128 })) { }

        // The other worker is never idle: there are always items that wait.
        using var stop = new CancellationTokenSource();
        var source = Enumerable.Repeat(0, 40).Append(Timeout.Infinite).Concat(Enumerable.Repeat(1, int.MaxValue));
        var missing = Enumerable.Range(0, 300).Where(static index => index != 40).ToHashSet();
        var map = Task.Run(async () =>
        {
            await foreach (var outcome in executor.OutcomesAsync(source, work, new() { MaxConcurrency = 200, Ordered = false }, stop.Token))
            {
                missing.Remove((int)outcome.Index);
                if (missing.Count == 0) await stop.CancelAsync();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.WaitAsync(Limit));
        Assert.Empty(missing);
    }

    [Fact]
    public async Task Many_arguments_and_results_of_which_few_fit_into_what_carries_them_come_through()
    {
        // Two of them fill a ring. Both sides write, and each must read for the other to go on.
        var executor = Make(workers: 2);
        byte[] bytes = new byte[30_000];
        var map = Task.Run(async () =>
        {
            int done = 0;
            await foreach (byte[] result in executor.MapAsync(Enumerable.Repeat(bytes, 12_000), Work.Of<byte[], byte[]>(Works.Same), new() { MaxConcurrency = 256 }))
            {
                Assert.Equal(bytes.Length, result.Length);
                done++;
            }

            return done;
        });
        Assert.Equal(12_000, await map.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_call_behind_a_long_item_gets_a_worker_that_is_started_for_it()
    {
        await using var gate = new Support.Gate();
        var executor = Make(workers: 3);
        var quick = Work.Of<int, int>(Works.AddOne);
        for (int i = 0; i < 200; i++) await executor.RunAsync(quick, i);

        // Two to one worker, which may have many at hand; another is started for the second and is given the third. Nobody waits for an item, for
        // who waits looks at what workers say. (If that one has been there before, there is nothing to find out.)
        var work = Work.Of<Support.GateCall, int>(Support.Works.PassAsync);
        var warm = executor.RunAsync(work, gate.Call(3)).AsTask();
        await gate.OpenAsync(3);
        await warm.WaitAsync(Limit);
        var first = executor.RunAsync(work, gate.Call(0));
        var second = executor.RunAsync(work, gate.Call(1));
        await Until(() => executor.Queue.Workers().Max(static worker => worker.Held.Count) == 2 || executor.Queue.Ready.Length > 1, "the second has a worker");
        var third = executor.RunAsync(work, gate.Call(2));
        for (int id = 0; id < 3; id++) await gate.ArrivedAsync(id);
        for (int id = 0; id < 3; id++) await gate.OpenAsync(id);
        await Task.WhenAll(first.AsTask(), second.AsTask(), third.AsTask()).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_duration_has_all_of_the_work_in_it_however_late_the_parent_hears_of_it()
    {
        var executor = Make(workers: 2);
        var work = Work.Of<int, TimeSpan>(Spin);
        await foreach (var outcome in executor.OutcomesAsync(Enumerable.Repeat(200, 500), work).WithCancellation(TestContext.Current.CancellationToken))
            Assert.True(outcome.Duration >= outcome.Result, $"{outcome.Duration} for work that took {outcome.Result}");
    }

    private static TimeSpan Spin(int microseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
        {
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
