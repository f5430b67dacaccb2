using Xunit;

namespace Braid.Tests.Loops;

/// <summary>Which thread things run on.</summary>
public sealed class LoopThreadTests : LoopTest
{
    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Post_wakes_a_sleeping_loop(LoopPoller poller) => Run(async () =>
    {
        var loop = Loop;
        for (var i = 0; i < 100; i++)
        {
            var posted = new TaskCompletionSource<int>();
            var thread = new Thread(() => loop.Post(_ => posted.SetResult(Environment.CurrentManagedThreadId), null));
            thread.Start();
            Assert.Equal(Environment.CurrentManagedThreadId, await posted.Task);
        }
    }, poller);

    [Fact]
    public void Posts_from_many_threads_are_neither_lost_nor_reordered() => Run(async () =>
    {
        const int Threads = 4, Posts = 5000;
        var loop = Loop;
        var seen = Enumerable.Range(0, Threads).Select(_ => new List<int>()).ToArray();
        var left = Threads * Posts;
        var done = new TaskCompletionSource();
        for (var t = 0; t < Threads; t++)
        {
            var mine = seen[t];
            var thread = new Thread(() =>
            {
                for (var i = 0; i < Posts; i++)
                {
                    loop.Post(n =>
                    {
                        mine.Add((int)n!);
                        if (--left == 0) done.SetResult();
                    }, i);
                }
            });
            thread.Start();
        }

        await done.Task;
        Assert.All(seen, list => Assert.Equal(Enumerable.Range(0, Posts), list));
    });

    [Fact]
    public void User_code_is_back_on_the_loop_after_any_await() => Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        var token = TestContext.Current.CancellationToken;
        await Task.Run(() => { }, token);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await Task.Yield();
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await Task.Delay(1, token);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await Task.Delay(TimeSpan.FromMilliseconds(1), Loop.TimeProvider, token);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await Loop.SleepAsync(TimeSpan.Zero, token);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        await LeavesTheContextAsync();
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        Assert.Same(Loop.Context, SynchronizationContext.Current);

        static async Task LeavesTheContextAsync()
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // a task of the pool's may be done before it is awaited
            Assert.Null(EventLoop.Current);
        }
    });

    [Fact]
    public void A_task_that_user_code_completes_continues_on_the_loop() => Run(async () =>
    {
        var source = new TaskCompletionSource();
        var thread = Environment.CurrentManagedThreadId;
        async Task WaitAsync()
        {
            await source.Task;
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        var waiting = WaitAsync();
        source.SetResult();
        await waiting;
    });

    [Fact]
    public void Library_code_stays_on_the_loop_after_timers_and_offloads() => Run(async () =>
    {
        var loop = Loop;
        var thread = Environment.CurrentManagedThreadId;
        async Task LibraryAsync()
        {
            for (var i = 0; i < 5; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), loop.TimeProvider).ConfigureAwait(false);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await loop.SleepAsync(TimeSpan.Zero).ConfigureAwait(false);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await loop.OffloadAsync(_ => 0, 0).ConfigureAwait(false);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await EventLoop.Yield();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                Assert.Null(SynchronizationContext.Current);
            }
        }

        await LibraryAsync();
        Assert.Same(loop.Context, SynchronizationContext.Current);
    });

    [Fact]
    public void OffloadAsync_runs_elsewhere_with_the_callers_context_and_comes_back() => Run(async () =>
    {
        var local = new AsyncLocal<string> { Value = "flows" };
        var thread = Environment.CurrentManagedThreadId;
        var (there, value) = await Loop.OffloadAsync(l => (Environment.CurrentManagedThreadId, l.Value), local);
        Assert.NotEqual(thread, there);
        Assert.Equal("flows", value);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
    });

    [Fact]
    public void OffloadAsync_blocks_many_threads_at_once() => Run(async () =>
    {
        using var together = new Barrier(10);
        var calls = Enumerable.Range(0, 10).Select(i => Loop.OffloadAsync(n => { Assert.True(together.SignalAndWait(Bound)); return n; }, i));
        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(calls));
    });

    [Fact]
    public void OffloadAsync_runs_more_calls_than_it_has_threads() => Run(async () =>
        Assert.Equal(500, (await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Loop.OffloadAsync(n => n, i)))).Length));

    [Fact]
    public void OffloadAsync_hands_back_exceptions_and_cancellation() => Run(async () =>
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Loop.OffloadAsync<int, int>(_ => throw new InvalidDataException(), 0));
        var ran = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loop.OffloadAsync(_ => ran = true, 0, new CancellationToken(true)));
        Assert.False(ran);
    });

    [Fact]
    public void A_ValueTask_of_the_loop_may_be_awaited_on_another_thread() => Run(async () =>
    {
        var sleep = Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
        await Task.Run(async () => await sleep, TestContext.Current.CancellationToken);
    });

    [Fact]
    public void Members_that_need_the_loop_say_so_elsewhere()
    {
        EventLoop? loop = null;
        Run(() => { loop = Loop; return Task.CompletedTask; });
        Assert.Contains("must be called on an event loop", Assert.Throws<InvalidOperationException>(() => LoopListener.Bind(FreeEndPoint(false))).Message);
        Assert.Contains("must be called on an event loop", Assert.Throws<InvalidOperationException>(() => { _ = LoopSocket.ConnectAsync(FreeEndPoint(false)); }).Message);
        Assert.Contains("Task.Delay", Assert.Throws<InvalidOperationException>(() => { _ = loop!.SleepAsync(TimeSpan.Zero); }).Message);
    }

    [Fact]
    public void An_offloaded_call_that_waits_for_a_thread_ends_when_it_is_cancelled() => Run(async () =>
    {
        const int Most = 64;
        using var release = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, Most).Select(_ => Loop.OffloadAsync(e => { e.Wait(); return 0; }, release)).ToList();
        using var source = new CancellationTokenSource();
        bool hasRun = false;
        var waiting = Loop.OffloadAsync(_ => hasRun = true, 0, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.DoesNotContain(blocked, call => call.IsCompleted);
        release.Set();
        await Task.WhenAll(blocked);
        Assert.False(hasRun);
    });
}
