using Braid.Tracing;
using Xunit;

namespace Braid.Tests.Tracing;

public sealed class TimelineSummaryTests
{
    [Fact]
    public void A_few_events_become_exactly_their_spans_lanes_and_curve()
    {
        TraceEvent[] events =
        [
            Events.At(0, TracePhase.WorkerStarted, 0, 0),
            .. Events.Item(1, lane: 0, queued: 5, started: 10, ended: 30, argument: "1000"),
            .. Events.Item(2, lane: 1, queued: 6, started: 20, ended: 50, TracePhase.Failed, "2000", "too large"),
        ];

        var summary = TimelineSummary.Of(events);

        Assert.True(summary.IsExact);
        Assert.Equal([(0, 0), (1, 0)], summary.Spans.Select(s => (s.LaneIndex, s.Row)));
        var failed = summary.Spans[1].Span;
        Assert.Equal((2L, SpanStatus.Failed, "2000", "too large"), (failed.ItemId, failed.Status, failed.Argument, failed.Error));
        Assert.Equal((Us(6), Us(20), Us(50)), (failed.Queued, failed.Start, failed.End));
        Assert.Equal([(0, 0.4), (1, 0.6)], summary.Lanes.Select(l => (l.Number, l.BusyShare)));
        Assert.Equal([Us(10), Us(20), Us(30), Us(50)], summary.Curve.Times);
        Assert.Equal([1.0, 2.0, 1.0, 0.0], summary.Curve.Values);
        Assert.Equal(2, summary.Curve.Peak);
        Assert.Equal(1, summary.Run.CountOf(SpanStatus.Failed));
    }

    [Fact]
    public void No_events_are_a_summary_without_lanes()
    {
        var summary = TimelineSummary.Of([]);

        Assert.Empty(summary.Lanes);
        Assert.Empty(summary.Spans);
        Assert.Equal(0, summary.Curve.Peak);
    }

    [Fact]
    public void Overlapping_items_of_one_lane_get_rows_of_their_own_and_free_rows_are_used_again()
    {
        TraceEvent[] events =
        [
            .. Events.Item(1, lane: 0, queued: 0, started: 0, ended: 100),
            .. Events.Item(2, lane: 0, queued: 0, started: 10, ended: 20),
            .. Events.Item(3, lane: 0, queued: 0, started: 15, ended: 60),
            .. Events.Item(4, lane: 0, queued: 0, started: 20, ended: 30),
        ];

        var summary = TimelineSummary.Of(events);

        Assert.Equal([0, 1, 2, 1], summary.Spans.Select(s => s.Row));
        Assert.Equal(3, summary.Lanes.Single().Depth);
        Assert.Equal(1.0, summary.Lanes.Single().BusyShare);
    }

    [Fact]
    public void Incomplete_events_become_what_is_known_of_them()
    {
        TraceEvent[] events =
        [
            Events.At(1, TracePhase.Queued, 1, detail: "never taken"),
            Events.At(2, TracePhase.Queued, 2),
            Events.At(9, TracePhase.Cancelled, 2),
            Events.At(3, TracePhase.Started, 3, 0),
            Events.At(5, TracePhase.Succeeded, 4, 1),
            Events.At(6, TracePhase.Failed, 5),
            Events.At(7, TracePhase.WorkerLost, 0, -1, "why"),
            Events.At(8, TracePhase.Escape, 3, 0),
            Events.At(20, TracePhase.SlowCallback, 0, 7),
        ];

        var spans = TimelineSummary.Of(events).Run.Spans.OrderBy(s => s.ItemId).Select(s => (s.ItemId, s.Lane, s.Start, s.End, s.Status));

        Assert.Equal(
        [
            (1, -1, Us(1), Us(20), SpanStatus.Unfinished),
            (2, -1, Us(2), Us(9), SpanStatus.Cancelled),
            (3, 0, Us(3), Us(20), SpanStatus.Unfinished),
            (4, 1, Us(5), Us(5), SpanStatus.Succeeded),
            (5, -1, Us(6), Us(6), SpanStatus.Failed),
        ], spans);
    }

    [Fact]
    public void Any_order_and_any_phase_can_be_summed_up()
    {
        var random = new Random(20);
        for (var round = 0; round < 200; round++)
        {
            var events = Enumerable.Range(0, random.Next(40)).Select(_ =>
                Events.At(random.Next(50), (TracePhase)random.Next(Enum.GetValues<TracePhase>().Length), random.Next(6), random.Next(-1, 4))).ToList();

            var summary = TimelineSummary.Of(events);

            Assert.All(summary.Spans, s => Assert.True(s.Span.Length >= TimeSpan.Zero && s.LaneIndex < summary.Lanes.Count));
            Assert.All(summary.Lanes, l => Assert.InRange(l.BusyShare, 0, 1));
            Assert.All(summary.Curve.Values, v => Assert.True(v >= 0));
        }
    }

    [Fact]
    public void An_item_that_begins_again_has_two_spans_and_counts_once()
    {
        TraceEvent[] events =
        [
            Events.At(0, TracePhase.Queued, 1),
            Events.At(1, TracePhase.Started, 1, 0),
            Events.At(5, TracePhase.WorkerLost, 0, 0, "killed"),
            Events.At(6, TracePhase.Started, 1, 1),
            Events.At(9, TracePhase.Succeeded, 1, 1),
        ];

        var summary = TimelineSummary.Of(events);

        Assert.Equal([SpanStatus.Repeated, SpanStatus.Succeeded], summary.Spans.Select(s => s.Span.Status));
        Assert.Equal(1, summary.Run.ItemCount);
    }

    [Fact]
    public void Many_items_become_bins_that_hold_all_of_them_and_keep_the_failed_ones()
    {
        var summary = TimelineSummary.Of(Events.Many(20_000, lanes: 2));

        Assert.False(summary.IsExact);
        Assert.Equal(20_000, summary.Lanes.Sum(l => l.Density!.Started.Sum()));
        Assert.Equal(20, summary.Lanes.Sum(l => l.Density!.Failed.Sum()));
        Assert.Equal(20, summary.Spans.Count(s => s.Span.Status == SpanStatus.Failed));
        Assert.All(summary.Lanes, l => Assert.All(l.Density!.Load(), load => Assert.InRange(load, 0.5, 1.0)));
        Assert.True(summary.Curve.Times.Count <= ProgressCurve.MaxSteps);
    }

    [Fact]
    public void A_bin_holds_the_mean_of_what_overlaps_it()
    {
        var density = new LaneDensity(TimeSpan.Zero, Us(40), bins: 4);

        density.Add(new ItemSpan(1, "", 0, Us(5), Us(35), SpanStatus.Succeeded));
        density.Add(new ItemSpan(2, "", 0, Us(12), Us(14), SpanStatus.Failed));

        Assert.Equal([0.5, 1.2, 1.0, 0.5], density.Load().Select(load => Math.Round(load, 6)));
        Assert.Equal([1, 1, 0, 0], density.Started);
        Assert.Equal([0, 1, 0, 0], density.Failed);
    }

    private static TimeSpan Us(double microseconds) => TimeSpan.FromMicroseconds(microseconds);
}
