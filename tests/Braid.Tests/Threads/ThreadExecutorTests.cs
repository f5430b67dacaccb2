using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Threads;

public sealed class ThreadExecutorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Threads_below_one_are_refused_in_the_constructor_with_the_name_and_the_value(int threads)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadExecutor(new ThreadOptions { Threads = threads }));
        Assert.Equal("Threads", exception.ParamName);
        Assert.Equal(threads, exception.ActualValue);
        Assert.Throws<ArgumentNullException>(() => new ThreadExecutor(new ThreadOptions { TimeProvider = null! }));
    }

    [Fact]
    public async Task Threads_are_started_when_items_need_them_and_are_reused_while_idle()
    {
        var timeline = new Timeline();
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 8, Timeline = timeline });
        Assert.Empty(timeline.Events);
        for (int i = 0; i < 20; i++) await executor.RunAsync(Works.AddOne, i).Bounded();
        Assert.InRange(timeline.Events.Count(e => e.Phase == TracePhase.WorkerStarted), 1, 2);
    }

    [Fact]
    public async Task Items_run_on_named_background_threads_that_are_not_the_pools()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 2, Name = "mine" });
        var thread = await executor.RunAsync((int _) => Thread.CurrentThread, 0).Bounded();
        Assert.StartsWith("mine ", thread.Name, StringComparison.Ordinal);
        Assert.False(thread.IsThreadPoolThread);
        Assert.True(thread.IsBackground);
    }

    [Fact]
    public async Task An_async_item_keeps_its_thread_across_awaits()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 2 });
        var ids = await executor.RunAsync(
            async (int _) =>
            {
                var seen = new List<int> { Environment.CurrentManagedThreadId };
                for (int i = 0; i < 20; i++)
                {
                    await Task.Yield();
                    seen.Add(Environment.CurrentManagedThreadId);
                    await Task.Run(static () => { });
                    seen.Add(Environment.CurrentManagedThreadId);
                }

                return seen;
            },
            0).Bounded();
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Synchronous_work_that_blocks_on_its_own_async_code_goes_on()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 1 });
        static async Task<int> LaterAsync(int x)
        {
            await Task.Yield();
            return x + 1;
        }

        Assert.Equal(2, await executor.RunAsync((int x) => LaterAsync(x).Result, 1).Bounded());
    }

    [Fact]
    public async Task Asynchronous_work_that_blocks_on_its_own_async_code_goes_on_too()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 1 });
        static async Task<int> LaterAsync(int x)
        {
            await Task.Yield();
            return x + 1;
        }

        int result = await executor.RunAsync(
            async (int x) =>
            {
                await Task.Yield();
                return LaterAsync(x).Result;
            },
            1).Bounded();
        Assert.Equal(2, result);
    }

    [Fact]
    public async Task Work_that_ignores_its_token_keeps_its_thread_when_its_time_is_over_and_the_thread_is_replaced_and_reported()
    {
        var time = new ManualTime();
        var timeline = new Timeline();
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 1, TimeProvider = time, Timeline = timeline });
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var stuck = executor.OutcomesAsync(
            [0],
            _ =>
            {
                begun.Set();
                goOn.Wait();
                return Environment.CurrentManagedThreadId;
            },
            new MapOptions { ItemTimeout = TimeSpan.FromSeconds(1) }).ToListAsync();
        Assert.True(begun.Wait(BoundedExtensions.Limit));
        time.Advance(TimeSpan.FromSeconds(1));
        var outcome = Assert.Single(await stuck.Bounded());
        Assert.IsType<ItemTimeoutException>(outcome.Exception);

        // The only thread is still held, and yet the next item runs.
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
        Assert.Contains(timeline.Events, e => e.Phase == TracePhase.WorkerLost && e.Lane == 0);
        Assert.Equal(2, timeline.Events.Count(e => e.Phase == TracePhase.WorkerStarted));
        goOn.Set();
    }

    [Fact]
    public async Task A_hundred_thousand_small_items_from_many_threads_none_lost_none_doubled()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 3 });
        long sum = 0;
        int runs = 0;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                int result = await executor.RunAsync(x => { Interlocked.Increment(ref runs); return x + 1; }, i);
                Interlocked.Add(ref sum, result);
            }
        }))).Bounded();
        Assert.Equal(100_000, runs);
        Assert.Equal(10 * (10_000L * 10_001 / 2), sum);
    }

    [Fact]
    public async Task Nested_items_of_many_parents_all_end_with_few_threads()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 2 });
        async ValueTask<int> FibonacciAsync(int n) =>
            n < 2 ? n : await executor.RunAsync(FibonacciAsync, n - 1) + await executor.RunAsync(FibonacciAsync, n - 2);
        Assert.Equal(144, await executor.RunAsync(FibonacciAsync, 12).Bounded());
    }

    [Fact]
    public async Task A_chain_of_items_that_block_on_each_other_until_no_thread_is_left_is_found_out()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 2 });
        int Outer(int x) => executor.RunAsync(Middle, x).AsTask().Result;
        int Middle(int x) => executor.RunAsync(Works.AddOne, x).AsTask().Result;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => executor.RunAsync(Outer, 1).AsTask().Bounded());
        Assert.Contains("it can never begin", error.GetBaseException().Message, StringComparison.Ordinal);
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
    }

    [Fact]
    public async Task A_map_with_a_time_limit_keeps_nothing_of_the_items_that_have_ended()
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 1 });
        var options = new MapOptions { ItemTimeout = TimeSpan.FromHours(1), MaxConcurrency = 1 };
        var results = executor.MapAsync(Arguments(), static (object argument, CancellationToken token) => new WeakReference(Linked(token)), options).GetAsyncEnumerator();
        var early = new List<WeakReference>();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(await results.MoveNextAsync().AsTask().Bounded());
            if (i < 50) early.Add(results.Current);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(early.Count(made => made.IsAlive), 0, 1);
        await results.DisposeAsync();

        // Lives as long as the source of the token.
        static object Linked(CancellationToken token)
        {
            var made = new object();
            token.UnsafeRegister(static _ => { }, made);
            return made;
        }

        static IEnumerable<object> Arguments()
        {
            while (true) yield return new object();
        }
    }
}
