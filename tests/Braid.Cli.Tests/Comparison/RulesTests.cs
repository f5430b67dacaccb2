using Braid.Cli.Comparison;

namespace Braid.Cli.Tests.Comparison;

public sealed class RulesTests
{
    [Theory]
    // engine, forced, items, cores, waits → at once
    [InlineData(EngineKind.Inline, null, 1000, 4, true, 1)]
    [InlineData(EngineKind.Inline, 8, 1000, 4, true, 1)]
    [InlineData(EngineKind.Threads, null, 1000, 4, false, 4)]
    [InlineData(EngineKind.Threads, null, 1000, 4, true, 64)]
    [InlineData(EngineKind.LockedThreads, null, 20, 4, true, 20)]
    [InlineData(EngineKind.Threads, null, 3, 4, false, 3)]
    [InlineData(EngineKind.Processes, null, 1000, 4, true, 4)]
    [InlineData(EngineKind.Loop, null, 500, 4, true, 500)]
    [InlineData(EngineKind.Loop, null, 5000, 4, true, 1024)]
    [InlineData(EngineKind.Loop, 8, 5000, 4, true, 8)]
    [InlineData(EngineKind.Processes, 8, 2, 4, false, 8)]
    internal void Concurrency_follows_cores_items_and_whether_the_work_waits(EngineKind engine, int? forced, int items, int cores, bool waits, int expected) =>
        Assert.Equal(expected, ConcurrencyRule.Choose(engine, forced, items, cores, waits));

    [Theory]
    // done, forced, elapsed seconds → another turn
    [InlineData(0, null, 0, true)]
    [InlineData(1, null, 15, true)]
    [InlineData(1, null, 61, false)]
    [InlineData(2, null, 8, true)]
    [InlineData(2, null, 10, true)]
    [InlineData(2, null, 14, false)]
    [InlineData(5, null, 1, false)]
    [InlineData(1, 1, 1, false)]
    [InlineData(6, 7, 600, true)]
    public void Turns_go_on_while_they_are_affordable(int done, int? forced, int elapsed, bool expected) =>
        Assert.Equal(expected, TurnPlan.GoesOn(done, forced, TimeSpan.FromSeconds(elapsed)));

    [Fact]
    public void Every_other_turn_runs_backwards_and_the_first_begins_where_a_crash_does_no_harm()
    {
        Assert.Equal([EngineKind.Processes, EngineKind.Inline, EngineKind.Threads, EngineKind.LockedThreads, EngineKind.Loop], TurnPlan.Order(0, EngineNames.All));
        Assert.Equal([EngineKind.Inline, EngineKind.Threads], TurnPlan.Order(0, [EngineKind.Inline, EngineKind.Threads]));
        Assert.Equal(EngineNames.All.Reverse(), TurnPlan.Order(1, EngineNames.All));
        Assert.Equal(EngineNames.All, TurnPlan.Order(2, EngineNames.All));
        Assert.Equal(EngineKind.Inline, EngineNames.All[0]);
    }

    [Fact]
    public void Engines_are_read_from_a_list_and_inline_is_always_among_them()
    {
        Assert.Equal([EngineKind.Inline, EngineKind.Threads, EngineKind.Loop], EngineNames.Parse("loop, threads"));
        Assert.Contains("no engine 'fibers'", Assert.Throws<InputException>(() => EngineNames.Parse("fibers")).Message, StringComparison.Ordinal);
        Assert.Contains("names no engine", Assert.Throws<InputException>(() => EngineNames.Parse(",")).Message, StringComparison.Ordinal);
    }
}
