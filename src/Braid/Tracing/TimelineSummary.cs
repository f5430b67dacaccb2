namespace Braid.Tracing;

/// <summary>One run, small enough to draw: its lanes, its spans or their density, its items in progress. A pure function of the events.</summary>
internal sealed class TimelineSummary
{
    /// <summary>Up to so many spans a run is drawn exactly. More would neither be told apart on a screen nor fit the page's size.</summary>
    internal const int MaxExactSpans = 2_000;

    /// <summary>Of a run drawn by density, so many of the longest and so many of the failed spans can still be pointed at.</summary>
    internal const int KeptOfEachKind = 300;

    /// <summary>More lanes than this share the last one: nobody reads the row of worker 600.</summary>
    internal const int MaxLanes = 512;

    private const int MaxMarkers = 400;
    private const int MaxBins = 1_500;
    private const int MinBins = 100;

    // Keeps a page of many lanes small: 64 lanes get 750 bins each.
    private const int MaxBinsOfAllLanes = 48_000;

    private TimelineSummary(RunRecord run)
    {
        Run = run;
        IsExact = run.Spans.Count <= MaxExactSpans;
        Curve = ProgressCurve.Of(run);
        var numbers = LaneNumbers(run);
        BinCount = IsExact ? 0 : Math.Clamp(MaxBinsOfAllLanes / Math.Max(1, numbers.Count), MinBins, MaxBins);
        Lanes = [.. numbers.Select(number => new LaneSummary(number, run, BinCount))];
        Spans = Placed(run, out var laneOfEvent);
        Markers = [.. run.Markers.Take(MaxMarkers).Select(marker => new PlacedMarker(marker, laneOfEvent(marker.Lane)))];
        foreach (var lane in Lanes) lane.Finish();
    }

    internal RunRecord Run { get; }

    /// <summary>True when every span is kept; otherwise lanes have bins, and <see cref="Spans"/> holds only the remarkable ones.</summary>
    internal bool IsExact { get; }

    internal int BinCount { get; }

    /// <summary>By number; the row of items that never started comes last.</summary>
    internal IReadOnlyList<LaneSummary> Lanes { get; }

    /// <summary>By start.</summary>
    internal IReadOnlyList<PlacedSpan> Spans { get; }

    internal IReadOnlyList<PlacedMarker> Markers { get; }

    internal ProgressCurve Curve { get; }

    internal static TimelineSummary Of(IEnumerable<TraceEvent> events) => new(RunRecord.Read(events));

    private static List<int> LaneNumbers(RunRecord run)
    {
        var numbers = run.Spans.Select(static s => s.Lane).Concat(run.Markers.Select(static m => m.Lane)).Where(static n => n >= 0)
            .Distinct().Order().Take(MaxLanes).ToList();
        if (run.Spans.Any(static s => s.Lane == ItemSpan.NeverStarted)) numbers.Add(ItemSpan.NeverStarted);
        return numbers;
    }

    private List<PlacedSpan> Placed(RunRecord run, out Func<int, int> laneIndex)
    {
        var indexes = Lanes.Select(static (lane, index) => (lane.Number, index)).ToDictionary();
        var lastWorker = Lanes.Count - (indexes.ContainsKey(ItemSpan.NeverStarted) ? 2 : 1);
        int LaneIndex(int number) => indexes.TryGetValue(number, out var index) ? index : number < 0 ? -1 : lastWorker;
        laneIndex = LaneIndex;

        var placed = new List<PlacedSpan>(run.Spans.Count);
        foreach (var span in run.Spans)
        {
            var index = LaneIndex(span.Lane);
            placed.Add(new PlacedSpan(span, index, Lanes[index].Add(span)));
        }

        return IsExact ? placed : Remarkable(placed);
    }

    private static List<PlacedSpan> Remarkable(List<PlacedSpan> all)
    {
        var longest = all.OrderByDescending(static s => s.Span.Length).Take(KeptOfEachKind);
        var failed = all.Where(static s => s.Span.Status != SpanStatus.Succeeded).Take(KeptOfEachKind);
        return [.. longest.Union(failed).OrderBy(static s => s.Span.Start).ThenBy(static s => s.Span.ItemId)];
    }
}

/// <summary>A span, the index of its lane in the summary, and its row inside the lane.</summary>
internal readonly record struct PlacedSpan(ItemSpan Span, int LaneIndex, int Row);

/// <summary>A worker's event, and the index of its lane in the summary; -1 when it belongs to none.</summary>
internal readonly record struct PlacedMarker(TraceEvent Event, int LaneIndex);
