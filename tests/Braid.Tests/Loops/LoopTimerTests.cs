using Braid.Loops;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopTimerTests : LoopTest
{
    [Fact]
    public void Timers_fire_in_order_of_deadline()
    {
        var clock = new ManualTime(); // on a real clock, a pause between two sleeps would change their deadlines
        Run(async () =>
        {
            var order = new List<int>();
            int[] delays = [30, 5, 20, 10, 0, 15, 25];
            var sleeps = delays.Select(async d =>
            {
                await Loop.SleepAsync(TimeSpan.FromMilliseconds(d));
                order.Add(d);
            }).ToArray();
            clock.Advance(TimeSpan.FromMilliseconds(30));
            await Task.WhenAll(sleeps);
            Assert.Equal(delays.Order(), order);
        }, new LoopOptions { TimeProvider = clock });
    }

    [Fact]
    public void Timers_of_the_same_deadline_fire_in_the_order_they_were_made()
    {
        var clock = new ManualTime();
        Run(async () =>
        {
            var order = new List<int>();
            var sleeps = Enumerable.Range(0, 50).Select(async i =>
            {
                await Loop.SleepAsync(TimeSpan.FromSeconds(1));
                order.Add(i);
            }).ToArray();
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll(sleeps);
            Assert.Equal(Enumerable.Range(0, 50), order);
        }, new LoopOptions { TimeProvider = clock });
    }

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_sleep_is_never_too_short(LoopPoller poller) => Run(async () =>
    {
        var clock = Loop.TimeProvider;
        for (var i = 1; i <= 20; i++)
        {
            var delay = TimeSpan.FromMicroseconds(137 * i);
            var start = clock.GetTimestamp();
            await Loop.SleepAsync(delay);
            Assert.True(clock.GetElapsedTime(start) >= delay);
        }
    }, poller);

    [Fact]
    public void Cancelled_timers_are_set_no_more_at_once() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        var before = Loop.TimerCount;
        var sleeps = Enumerable.Range(0, 1000).Select(i => Loop.SleepAsync(TimeSpan.FromDays(1 + i % 7), source.Token).AsTask()).ToArray();
        var delays = Enumerable.Range(0, 1000).Select(_ => Task.Delay(TimeSpan.FromDays(1), Loop.TimeProvider, source.Token)).ToArray();
        Assert.Equal(before + 2000, Loop.TimerCount);
        source.Cancel();
        Assert.Equal(before, Loop.TimerCount);
        foreach (var task in sleeps.Concat(delays)) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    });

    [Fact]
    public void A_sleep_is_cancelled_from_another_thread() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        var sleep = Loop.SleepAsync(TimeSpan.FromDays(1), source.Token).AsTask();
        await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleep);
        Assert.Equal(source.Token, error.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Loop.SleepAsync(TimeSpan.Zero, source.Token));
    });

    [Fact]
    public void Delays_out_of_range_are_refused_with_their_value() => Run(() =>
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Loop.SleepAsync(TimeSpan.FromSeconds(-2)); });
        Assert.Equal("delay", error.ParamName);
        return Task.CompletedTask;
    });

    [Theory, MemberData(nameof(Pollers))]
    public void Another_clock_drives_the_loop(LoopPoller poller)
    {
        var clock = new ManualTime();
        Run(async () =>
        {
            // The clock is moved by another thread, each time the loop has gone to sleep on it.
            var stop = false;
            var mover = new Thread(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    if (clock.Armed > 0) clock.Advance(TimeSpan.FromHours(1));
                    Thread.Yield();
                }
            })
            { IsBackground = true };
            mover.Start();
            var start = Loop.TimeProvider.GetTimestamp();
            await Loop.SleepAsync(TimeSpan.FromHours(10));
            await Task.Delay(TimeSpan.FromHours(10), Loop.TimeProvider);
            Assert.True(Loop.TimeProvider.GetElapsedTime(start) >= TimeSpan.FromHours(20));
            Volatile.Write(ref stop, true);
        }, new LoopOptions { TimeProvider = clock, Poller = poller });
    }

    [Fact]
    public void A_periodic_timer_ticks_and_stops() => Run(async () =>
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), Loop.TimeProvider);
        var thread = Environment.CurrentManagedThreadId;
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        timer.Dispose();
        Assert.Equal(0, Loop.TimerCount);
    });

    [Fact]
    public void Timers_are_made_changed_and_disposed_from_any_thread() => Run(async () =>
    {
        var provider = Loop.TimeProvider;
        var fired = new TaskCompletionSource<int>();
        await Task.Run(() =>
        {
            var never = provider.CreateTimer(_ => Assert.Fail("disposed"), null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
            Assert.True(never.Change(TimeSpan.FromDays(2), Timeout.InfiniteTimeSpan));
            never.Dispose();
            Assert.False(never.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
            provider.CreateTimer(_ => fired.SetResult(Environment.CurrentManagedThreadId), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }, TestContext.Current.CancellationToken);
        Assert.Equal(Environment.CurrentManagedThreadId, await fired.Task);
        Assert.Equal(0, Loop.TimerCount);
    });

    [Fact]
    public void A_sleep_allocates_nothing_once_warm() => Run(async () =>
    {
        async Task SleepManyAsync(int count)
        {
            for (var i = 0; i < count; i++) await Loop.SleepAsync(TimeSpan.Zero);
        }

        await SleepManyAsync(2000);
        Assert.InRange(await AllocatedByAsync(() => SleepManyAsync(1000)), 0, 2000); // the method's own task, not one per sleep
    });
}
