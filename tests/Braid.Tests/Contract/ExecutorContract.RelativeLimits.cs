using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

public abstract partial class ExecutorContract
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_relative_limit_ends_items_that_run_much_longer_than_those_that_have_finished_also_one_that_runs_already()
    {
        if (!EnforcesItemTimeout) return; // Refused: see A_relative_limit_that_cannot_be_kept_is_refused.
        var time = new ManualTime();
        await using var executor = Create(concurrency: 2, new() { TimeProvider = time });
        await using var gate = new Gate();

        // The absolute limit is far away, and its timers tell when an item is known to have begun.
        var options = new MapOptions { ItemTimeoutFactor = 5, ItemTimeout = TimeSpan.FromDays(1), MaxConcurrency = 2, Ordered = false };
        await using var outcomes = executor.OutcomesAsync(Enumerable.Range(0, 12).Select(gate.Call), Works.PassAsync, options).GetAsyncEnumerator();
        var next = outcomes.MoveNextAsync().AsTask();
        await time.TimerArmedAsync();
        for (int usual = 1; usual <= 10; usual++)
        {
            await gate.ArrivedAsync(usual);
            await time.TimerArmedAsync();
            time.Advance(Usual);
            await gate.OpenAsync(usual);
            Assert.True(await next.Bounded());
            Assert.Equal(usual, outcomes.Current.Index);
            Assert.True(outcomes.Current.Succeeded);
            next = outcomes.MoveNextAsync().AsTask();
        }

        // Ten have finished: now there is a limit of five minutes, and the first item has run for ten.
        await time.TimerArmedAsync();
        await time.TimerArmedAsync();
        await gate.ArrivedAsync(11);
        time.Advance(TimeSpan.Zero);
        Assert.True(await next.Bounded());
        CheckRelativeTimeout(outcomes.Current, index: 0);
        next = outcomes.MoveNextAsync().AsTask();
        time.Advance(Usual * 5);
        Assert.True(await next.Bounded());
        CheckRelativeTimeout(outcomes.Current, index: 11);
    }

    [Fact]
    public async Task A_relative_limit_says_nothing_before_ten_items_have_finished_and_the_absolute_one_holds()
    {
        if (!EnforcesItemTimeout) return;
        var time = new ManualTime();
        await using var executor = Create(concurrency: 1, new() { TimeProvider = time });
        await using var gate = new Gate();
        var options = new MapOptions { ItemTimeoutFactor = 1.5, ItemTimeout = Usual };
        var outcome = executor.OutcomesAsync([gate.Call(0)], Works.PassAsync, options).ToListAsync();
        await gate.ArrivedAsync(0);
        await time.TimerArmedAsync();
        time.Advance(Usual);
        var error = Assert.IsType<ItemTimeoutException>(Assert.Single(await outcome.Bounded()).Exception);
        Assert.Equal(Usual, error.Timeout);
        Assert.Null(error.Factor);
    }

    [Fact]
    public async Task A_relative_limit_that_cannot_be_kept_is_refused()
    {
        if (EnforcesItemTimeout) return;
        await using var executor = Create();
        var exception = await Assert.ThrowsAsync<NotSupportedException>(() =>
            executor.MapAsync([1], Works.AddOne, new MapOptions { ItemTimeoutFactor = 5 }).ToListAsync().Bounded());
        Assert.Contains("ItemTimeoutFactor", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_relative_limit_that_is_no_number_above_one_is_refused_at_the_call(double factor)
    {
        await using var executor = Create();
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => executor.MapAsync([1], Works.AddOne, new() { ItemTimeoutFactor = factor }));
        Assert.Equal(nameof(MapOptions.ItemTimeoutFactor), exception.ParamName);
        Assert.Equal(factor, exception.ActualValue);
    }

    private static void CheckRelativeTimeout(Outcome<GateCall, int> outcome, long index)
    {
        Assert.Equal(index, outcome.Index);
        var error = Assert.IsType<ItemTimeoutException>(outcome.Exception);
        Assert.Equal((5.0, (TimeSpan?)Usual, Usual * 5), (error.Factor, error.Median, error.Timeout));
        Assert.Contains("relative limit of 00:05:00", error.Message, StringComparison.Ordinal);
        Assert.Contains("5 times the median of 00:01:00", error.Message, StringComparison.Ordinal);
    }
}
