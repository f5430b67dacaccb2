using System.Diagnostics;
using Braid.Cli.Comparison;

namespace Braid.Cli.Tests.Comparison;

public sealed class MeasurementTests
{
    [Fact]
    public void An_items_time_is_read_from_the_timeline()
    {
        var times = ItemTimes.Of([Event(1, TracePhase.Queued, 0), Event(2, TracePhase.Queued, 1), Event(1, TracePhase.Started, 2), Event(1, TracePhase.Succeeded, 5), Event(2, TracePhase.Started, 5), Event(2, TracePhase.Failed, 6)]);
        Assert.Equal([2, 4], times.Waiting.Select(static t => (int)t.TotalMilliseconds));
        Assert.Equal([3, 1], times.Running.Select(static t => (int)t.TotalMilliseconds));
    }

    [Fact]
    public void Medians_and_percentiles_are_of_measured_values()
    {
        TimeSpan[] values = [.. Enumerable.Range(1, 100).Select(static n => TimeSpan.FromMilliseconds(n))];
        Assert.Equal(50.5, Statistics.Median(values).TotalMilliseconds);
        Assert.Equal(50, Statistics.Percentile(values, 0.50).TotalMilliseconds);
        Assert.Equal(99, Statistics.Percentile(values, 0.99).TotalMilliseconds);
        Assert.Equal(TimeSpan.Zero, Statistics.Percentile([], 0.5));
    }

    [Fact]
    public void Equal_results_are_equal_by_what_they_hold()
    {
        Assert.Null(Difference.FindFirst(EngineKind.Threads, [new(new[] { 1, 2 }, null)], [new(new[] { 1, 2 }, null)]));
        var difference = Difference.FindFirst(EngineKind.Threads, [new(1, null), new(new[] { 1, 2 }, null)], [new(1, null), new(new[] { 1, 3 }, null)]);
        Assert.Equal(new Difference(EngineKind.Threads, 1, "[1,2]", "[1,3]"), difference);
    }

    [Fact]
    public void Children_belong_to_the_process_tree()
    {
        Assert.SkipUnless(ProcessTree.SeesChildren, "Only Linux tells a process about others.");
        using var child = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        try
        {
            Assert.Contains(child.Id, ProcessTree.Descendants());

            // So many of them that it outweighs what this process takes and gives back between the two looks.
            Assert.True(ProcessTree.ResidentBytes([.. Enumerable.Repeat(child.Id, 1000)]) > ProcessTree.ResidentBytes([]));
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }
    }

    private static TraceEvent Event(long item, TracePhase phase, int milliseconds) => new(item, "work", phase, "executor", 0, TimeSpan.FromMilliseconds(milliseconds));
}
