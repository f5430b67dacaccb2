namespace Braid.Tracing;

/// <summary>One run's events, put together into spans. Takes events as they are: missing starts, missing ends, lanes of -1.</summary>
internal sealed class RunRecord
{
    private readonly Dictionary<long, OpenItem> _items = [];
    private readonly List<ItemSpan> _spans = [];
    private readonly List<TraceEvent> _markers = [];

    private RunRecord(IReadOnlyList<TraceEvent> byTime)
    {
        Start = byTime.Count == 0 ? TimeSpan.Zero : byTime[0].At;
        End = byTime.Count == 0 ? TimeSpan.Zero : byTime[^1].At;
        foreach (var traceEvent in byTime) Take(traceEvent);
        foreach (var (id, item) in _items) CloseUnfinished(id, item);
        // Ties are broken by id, so that the same events give the same page.
        _spans.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.ItemId.CompareTo(b.ItemId));
    }

    /// <summary>By start.</summary>
    internal IReadOnlyList<ItemSpan> Spans => _spans;

    /// <summary>What happened to workers, by time.</summary>
    internal IReadOnlyList<TraceEvent> Markers => _markers;

    internal TimeSpan Start { get; }

    internal TimeSpan End { get; }

    internal int ItemCount => _items.Count;

    /// <summary>How many items ended this way; an item that was tried twice counts by its last try.</summary>
    internal int CountOf(SpanStatus status) => _items.Values.Count(item => item.Last == status);

    internal static RunRecord Read(IEnumerable<TraceEvent> events) => new([.. events.OrderBy(static e => e.At)]);

    private void Take(in TraceEvent traceEvent)
    {
        if (traceEvent.Phase is TracePhase.WorkerStarted or TracePhase.WorkerLost or TracePhase.SlowCallback or TracePhase.CostlyEncoding or TracePhase.Escape)
        {
            _markers.Add(traceEvent);
            return;
        }

        if (!_items.TryGetValue(traceEvent.ItemId, out var item)) _items[traceEvent.ItemId] = item = new OpenItem(traceEvent.Name);
        switch (traceEvent.Phase)
        {
            case TracePhase.Queued:
                item.Queued ??= traceEvent.At;
                item.Argument ??= traceEvent.Detail;
                break;
            case TracePhase.Started:
                if (item.Started is not null) Close(traceEvent, item, SpanStatus.Repeated);
                item.Started = traceEvent.At;
                item.Lane = Math.Max(traceEvent.Lane, 0);
                item.Last = SpanStatus.Unfinished;
                break;
            default:
                Close(traceEvent, item, StatusOf(traceEvent.Phase));
                break;
        }
    }

    private static SpanStatus StatusOf(TracePhase phase) => phase switch
    {
        TracePhase.Succeeded => SpanStatus.Succeeded,
        TracePhase.Failed => SpanStatus.Failed,
        _ => SpanStatus.Cancelled,
    };

    private void Close(in TraceEvent end, OpenItem item, SpanStatus status)
    {
        // Without a start there was no work to see: a worker's item shrinks to its end, a queued one shows its wait.
        var neverStarted = item.Started is null && end.Lane < 0;
        var start = item.Started ?? (neverStarted ? item.Queued : null) ?? end.At;
        var lane = item.Started is not null ? item.Lane : neverStarted ? ItemSpan.NeverStarted : end.Lane;
        _spans.Add(new ItemSpan(end.ItemId, item.Name, lane, start, end.At, status)
        {
            Queued = item.Queued,
            Argument = item.Argument,
            Error = status is SpanStatus.Failed or SpanStatus.Cancelled ? end.Detail : null,
        });
        item.Started = null;
        item.Last = status;
    }

    private void CloseUnfinished(long id, OpenItem item)
    {
        if (item.Last != SpanStatus.Unfinished) return;
        var lane = item.Started is null ? ItemSpan.NeverStarted : item.Lane;
        _spans.Add(new ItemSpan(id, item.Name, lane, item.Started ?? item.Queued ?? End, End, SpanStatus.Unfinished)
        {
            Queued = item.Queued,
            Argument = item.Argument,
        });
    }

    private sealed class OpenItem(string name)
    {
        internal string Name { get; } = name;

        internal TimeSpan? Queued { get; set; }

        internal TimeSpan? Started { get; set; }

        internal int Lane { get; set; }

        internal string? Argument { get; set; }

        internal SpanStatus Last { get; set; } = SpanStatus.Unfinished;
    }
}
