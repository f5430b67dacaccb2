using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Threads;

public sealed class GlobalLockTests
{
    [Fact]
    public async Task At_most_one_item_computes_at_a_time()
    {
        var globalLock = new GlobalLock();
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 4, GlobalLock = globalLock });
        int inside = 0;
        int most = 0;
        await executor.ForEachAsync(Enumerable.Range(0, 2_000), _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.SpinWait(200);
            Interlocked.Decrement(ref inside);
        }).Bounded();
        Assert.Equal(1, most);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_release_that_is_never_disposed_lasts_until_its_item_ends(bool isAsync)
    {
        var globalLock = new GlobalLock();
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 1, GlobalLock = globalLock });
        for (int i = 0; i < 3; i++)
        {
            if (isAsync) Assert.Equal(i, await executor.RunAsync(ForgetAsync, i).Bounded());
            else Assert.Equal(i, await executor.RunAsync(Forget, i).Bounded());
        }

        int Forget(int x)
        {
            globalLock.Release();
            return x;
        }

        async Task<int> ForgetAsync(int x)
        {
            Forget(x);
            await Task.Yield();
            return x;
        }
    }

    [Fact]
    public async Task Release_lets_others_compute_during_a_blocking_call_and_waiting_for_it_is_counted()
    {
        var globalLock = new GlobalLock();
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 2, GlobalLock = globalLock });
        using var blocked = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var first = executor.RunAsync(
            (int _) =>
            {
                using (globalLock.Release())
                {
                    blocked.Set();
                    goOn.Wait();
                }

                return "first";
            },
            0).AsTask();
        Assert.True(blocked.Wait(BoundedExtensions.Limit));
        Assert.Equal("second", await executor.RunAsync((int _) => "second", 0).Bounded());
        Assert.Equal(0, globalLock.Contentions);

        // Now the second item computes while the first one wants the lock back.
        var third = executor.RunAsync(
            (int _) =>
            {
                goOn.Set();
                SpinWait.SpinUntil(() => globalLock.Contentions > 0, BoundedExtensions.Limit);
                return "third";
            },
            0).AsTask();
        Assert.Equal("third", await third.Bounded());
        Assert.Equal("first", await first.Bounded());
        Assert.Equal(1, globalLock.Contentions);
    }

    [Fact]
    public async Task An_item_that_awaits_does_not_hold_the_lock()
    {
        var globalLock = new GlobalLock();
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 2, GlobalLock = globalLock });
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = executor.RunAsync(
            async (int _) =>
            {
                await awaited.Task;
                return 1;
            },
            0).AsTask();
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
        awaited.SetResult();
        Assert.Equal(1, await waiting.Bounded());
    }

    [Fact]
    public async Task The_lock_is_handed_to_the_thread_that_has_waited_longest()
    {
        var globalLock = new GlobalLock();
        var order = new List<int>();
        globalLock.Enter();
        var threads = new List<Task>();
        for (int id = 0; id < 4; id++)
        {
            int mine = id;
            threads.Add(Task.Factory.StartNew(
                () =>
                {
                    globalLock.Enter();
                    order.Add(mine);
                    globalLock.ExitIfHeld();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Assert.True(SpinWait.SpinUntil(() => globalLock.Contentions == mine + 1, BoundedExtensions.Limit));
        }

        globalLock.ExitIfHeld();
        await Task.WhenAll(threads).Bounded();
        Assert.Equal([0, 1, 2, 3], order);
    }

    [Fact]
    public void Releasing_a_lock_that_the_thread_does_not_hold_is_refused()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => { new GlobalLock().Release(); });
        Assert.Contains("does not hold", exception.Message, StringComparison.Ordinal);
    }
}
