using Braid.Loops;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class TimerWheelTests : LoopTest
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(500)]
    [InlineData(50 * Second)]
    [InlineData(100_000_000 * Second)]
    public void The_wheel_agrees_with_a_sorted_list_whatever_is_added_removed_and_taken(long span) => Run(() =>
    {
        var random = new Random(1);
        var now = -Second; // some clocks begin below zero
        var table = new TimerTable(Loop);
        var wheel = new TimerWheel(table, now, Second);
        var expected = new SortedDictionary<(long Deadline, int Added), int>();
        for (var step = 0; step < 50_000; step++)
        {
            var choice = random.Next(8);
            if (choice == 0 && expected.Count > 0)
            {
                var (key, timer) = expected.ElementAt(random.Next(Math.Min(expected.Count, 50)));
                table.Remove(timer);
                expected.Remove(key);
                if (table.RemovedCount > 100) wheel.Sweep();
            }
            else if (choice < 3)
            {
                now += random.NextInt64(span / 100 + 1);
                TakeDue(wheel, table, now, expected);
            }
            else if (choice == 3)
            {
                var earliest = expected.Count == 0 ? long.MaxValue : expected.First().Key.Deadline;
                Assert.True(wheel.EarliestBound <= earliest);
                if (random.Next(2) == 0) Assert.Equal(earliest, wheel.FindExact());
            }
            else
            {
                // Some far apart, some in one tick, some equal, some due already.
                var deadline = now - 10 + (random.Next(4) == 0 ? random.NextInt64(span) : random.NextInt64(span / 1000 + 20));
                var timer = Add(wheel, table, deadline);
                expected.Add((deadline, step), timer);
            }
        }

        TakeDue(wheel, table, long.MaxValue, expected);
        Assert.Empty(expected);
        Assert.Equal(long.MaxValue, wheel.FindExact());
        Assert.Equal(0, table.RemovedCount);
        Assert.Empty(table.Taken);
        return Task.CompletedTask;
    });

    [Fact]
    public void Timers_without_end_come_last() => Run(() =>
    {
        var table = new TimerTable(Loop);
        var wheel = new TimerWheel(table, Second, Second);
        var never = Add(wheel, table, long.MaxValue);
        var century = Add(wheel, table, 100L * 365 * 86_400 * Second);
        Assert.Equal(0, wheel.TakeDue(1000 * Second));
        Assert.Equal([century, never], [wheel.TakeDue(long.MaxValue), wheel.TakeDue(long.MaxValue)]);
        return Task.CompletedTask;
    });

    [Fact]
    public void Removed_timers_do_not_pile_up() => Run(() =>
    {
        var before = Loop.TimerCount;
        for (var i = 0; i < 100_000; i++)
        {
            using var timer = Loop.TimeProvider.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1 + i % 100_000), Timeout.InfiniteTimeSpan);
        }

        Assert.Equal(before, Loop.TimerCount);
        Assert.InRange(Loop.Timers.NumbersInUse, 0, 200);
        return Task.CompletedTask;
    });

    [Fact]
    public void What_many_timers_took_is_given_back_when_none_is_left() => Run(async () =>
    {
        await Task.WhenAll(Enumerable.Range(0, 50_000).Select(_ => Loop.SleepAsync(TimeSpan.FromMilliseconds(1)).AsTask()));
        Assert.InRange(Loop.Timers.PageCount, 0, 64);
        await Loop.SleepAsync(TimeSpan.Zero); // and it goes on
    });

    private static int Add(TimerWheel wheel, TimerTable table, long deadline)
    {
        var timer = table.Take();
        table[timer].State = TimerState.Timer;
        wheel.Add(timer, deadline);
        return timer;
    }

    private static void TakeDue(TimerWheel wheel, TimerTable table, long now, SortedDictionary<(long Deadline, int Added), int> expected)
    {
        for (int taken; (taken = wheel.TakeDue(now)) != 0; table.Free(taken))
        {
            var (key, timer) = expected.First();
            Assert.Equal(timer, taken);
            Assert.True(key.Deadline <= now);
            expected.Remove(key);
        }

        Assert.True(expected.Count == 0 || expected.First().Key.Deadline > now);
    }
}
