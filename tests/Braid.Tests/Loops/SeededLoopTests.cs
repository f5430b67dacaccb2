using System.Diagnostics;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>LoopOptions.Seed: virtual time, the order of a seed, idleness and deadlocks.</summary>
public sealed class SeededLoopTests : LoopTest
{
    [Fact]
    public void An_hour_of_sleeping_takes_no_time()
    {
        var clock = Stopwatch.StartNew();
        Seeded(1, async () =>
        {
            var start = Loop.TimeProvider.GetTimestamp();
            await Loop.SleepAsync(TimeSpan.FromMinutes(30));
            await Task.Delay(TimeSpan.FromMinutes(30), Loop.TimeProvider);
            Assert.Equal(TimeSpan.FromHours(1), Loop.TimeProvider.GetElapsedTime(start));
        });
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}."); // an hour, on a very slow machine
    }

    [Fact]
    public void Every_run_begins_at_the_same_time_of_day() => Seeded(7, () =>
    {
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), Loop.TimeProvider.GetUtcNow());
        Assert.Equal(TimeZoneInfo.Utc, Loop.TimeProvider.LocalTimeZone);
        return Task.CompletedTask;
    });

    [Fact]
    public void A_clock_a_poller_and_several_loops_are_refused_together_with_a_seed()
    {
        Assert.Contains("virtual clock of its own", Assert.Throws<ArgumentException>(
            () => EventLoop.Run(_ => Task.CompletedTask, new LoopOptions { Seed = 1, TimeProvider = new Support.ManualTime() })).Message);
        Assert.Contains("virtual clock of its own", Assert.Throws<ArgumentException>(
            () => new LoopExecutor(new LoopOptions { Seed = 1, TimeProvider = new Support.ManualTime() })).Message);
        Assert.Equal("Poller", Assert.Throws<ArgumentException>(() => new LoopExecutor(new LoopOptions { Seed = 1, Poller = LoopPoller.Portable })).ParamName);
        Assert.Equal("Loops", Assert.Throws<ArgumentOutOfRangeException>(() => new LoopExecutor(new LoopOptions { Seed = 1, Loops = 2 })).ParamName);
    }

    [Fact]
    public void A_seed_always_gives_the_same_order_and_others_give_others()
    {
        var orders = Enumerable.Range(0, 50).Select(OrderOf).ToList();
        Assert.Equal(orders, Enumerable.Range(0, 50).Select(OrderOf));
        Assert.True(orders.Distinct().Count() > 45);

        // Written down, so that another machine, another runtime or a change of the generator shows.
        Assert.Equal("a0 c0 b0 c1 a1 b1 b2 c2 a2", OrderOf(1));
    }

    [Fact]
    public void A_callback_is_put_off_by_one_turn_at_most() => Explore(async () =>
    {
        // A ticker's steps are turns, as long as it is not put off itself; then it counts too few, which only makes the test stricter.
        for (var round = 0; round < 20; round++)
        {
            var turns = Loop.TurnCount;
            var ran = new TaskCompletionSource<long>();
            Loop.Post(_ => ran.SetResult(Loop.TurnCount), null);
            Assert.InRange(await ran.Task - turns, 1, 2);
        }
    }, seeds: 50);

    [Fact]
    public void Timers_fire_in_order_of_deadline_and_equal_deadlines_in_an_order_of_the_seed()
    {
        var orders = new HashSet<string>();
        Explore(async () =>
        {
            var order = new List<int>();
            int[] delays = [30, 5, 20, 10, 10, 10, 25];
            await Task.WhenAll(delays.Select(async (delay, i) =>
            {
                await Loop.SleepAsync(TimeSpan.FromMilliseconds(delay));
                order.Add((delay * 100) + i);
            }));
            Assert.Equal(delays.Order(), order.Select(o => o / 100));
            orders.Add(string.Join(' ', order));
        }, seeds: 100);
        Assert.Equal(6, orders.Count); // all orders of the three that are equal
    }

    [Fact]
    public void A_program_that_waits_for_the_clock_by_giving_way_comes_to_an_end() => Seeded(1, async () =>
    {
        var start = Loop.TimeProvider.GetTimestamp();
        while (Loop.TimeProvider.GetElapsedTime(start) < TimeSpan.FromMilliseconds(2)) await EventLoop.Yield();
    });

    [Fact]
    public void A_blocking_call_runs_on_the_loops_own_thread_in_a_later_turn() => Seeded(3, async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        var ran = false;
        var call = Loop.OffloadAsync(x => { ran = true; return (x, Environment.CurrentManagedThreadId); }, 5);
        Assert.False(ran);
        Assert.Equal((5, thread), await call);
        await Assert.ThrowsAsync<InvalidDataException>(() => Loop.OffloadAsync<int, int>(_ => throw new InvalidDataException(), 0));
    });

    [Fact]
    public void Time_stands_still_while_other_threads_work_for_the_loop() => Seeded(1, async () =>
    {
        var start = Loop.TimeProvider.GetTimestamp();
        var sleep = Loop.SleepAsync(TimeSpan.FromDays(1)).AsTask();
        await Task.Run(() => Thread.Sleep(100)); // longer than a callback's leavings are waited for
        Assert.False(sleep.IsCompleted);
        Assert.Equal(TimeSpan.Zero, Loop.TimeProvider.GetElapsedTime(start));
        var thread = new Thread(loop => { Thread.Sleep(50); ((EventLoop)loop!).Post(_ => start = -1, null); });
        thread.Start(Loop);
        await sleep;
        Assert.Equal(-1, start);
    });

    [Fact]
    public void Idle_is_when_nothing_is_ready_and_timers_may_be_left() => Explore(async () =>
    {
        var steps = 0;
        var start = Loop.TimeProvider.GetTimestamp();
        async Task WorkAsync()
        {
            for (var i = 0; i < 10; i++, steps++) await EventLoop.Yield();
            await Loop.SleepAsync(TimeSpan.FromHours(1));
            steps = 100;
        }

        var work = WorkAsync();
        await Loop.WaitUntilIdleAsync();
        Assert.Equal(10, steps);
        Assert.Equal(TimeSpan.Zero, Loop.TimeProvider.GetElapsedTime(start));
        await Loop.AdvanceUntilIdleAsync();
        Assert.Equal(100, steps);
        Assert.True(work.IsCompletedSuccessfully);
    }, seeds: 20);

    [Fact]
    public void Waiting_for_idleness_is_refused_without_a_seed() => Run(() =>
    {
        Assert.Contains("LoopOptions.Seed", Assert.Throws<InvalidOperationException>(() => { _ = Loop.WaitUntilIdleAsync(); }).Message);
        Assert.Contains("LoopOptions.Seed", Assert.Throws<InvalidOperationException>(() => { _ = Loop.AdvanceUntilIdleAsync(); }).Message);
        return Task.CompletedTask;
    });

    [Fact]
    public void A_deadlock_is_an_error_at_once_that_says_what_waits()
    {
        var error = Assert.Throws<LoopDeadlockException>(() => Seeded(5, async () =>
        {
            _ = Loop.SleepAsync(Timeout.InfiniteTimeSpan).AsTask();
            var listener = LoopListener.Bind(FreeEndPoint(unix: false));
            _ = listener.AcceptAsync().AsTask();
            await Loop.SleepAsync(TimeSpan.FromSeconds(2));
            await new TaskCompletionSource().Task;
        }));
        Assert.Equal(5, error.Seed);
        Assert.Contains("seed 5, after 00:00:02 of virtual time", error.Message);
        Assert.Contains("an accept on 127.0.0.1:49152", error.Message);
        Assert.Contains("1 sleep(s) without end", error.Message);
    }

    [Fact]
    public async Task Items_of_an_executor_with_a_seed_sleep_in_virtual_time_too()
    {
        var timeline = new Timeline();
        await using var executor = new LoopExecutor(new LoopOptions { Seed = 1, Timeline = timeline });
        var slow = executor.OutcomesAsync(
            [0],
            async (int _, CancellationToken token) => { await Loop.SleepAsync(TimeSpan.FromDays(1), token); return 0; },
            new MapOptions { ItemTimeout = TimeSpan.FromHours(1) }).ToListAsync();
        Assert.IsType<ItemTimeoutException>(Assert.Single(await slow).Exception);
        Assert.Contains(timeline.Events, e => e.Phase == TracePhase.Failed && e.ItemId == 1 && e.At == TimeSpan.FromHours(1));
    }

    private static void Seeded(int seed, Func<Task> main) => Run(main, new LoopOptions { Seed = seed });

    /// <summary>Three tasks of three steps: the order in which the steps ran.</summary>
    private static string OrderOf(int seed)
    {
        var order = new List<string>();
        Seeded(seed, () => Task.WhenAll("abc".Select(async name =>
        {
            for (var step = 0; step < 3; step++)
            {
                await EventLoop.Yield();
                order.Add($"{name}{step}");
            }
        })));
        return string.Join(' ', order);
    }
}
