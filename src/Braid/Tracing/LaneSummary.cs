namespace Braid.Tracing;

/// <summary>One lane of a run.</summary>
internal sealed class LaneSummary
{
    private readonly LaneRows _rows = new();
    private readonly TimeSpan _runLength;
    private TimeSpan _busy;
    private TimeSpan _busyUntil = TimeSpan.MinValue;

    internal LaneSummary(int number, RunRecord run, int bins)
    {
        Number = number;
        Name = run.Markers.FirstOrDefault(marker => marker.Lane == number && marker.Phase == TracePhase.WorkerStarted).Name ?? "";
        Density = bins == 0 ? null : new LaneDensity(run.Start, run.End, bins);
        _runLength = run.End - run.Start;
    }

    internal int Number { get; }

    /// <summary>The worker's name when it told one, else empty.</summary>
    internal string Name { get; }

    internal int SpanCount { get; private set; }

    /// <summary>The most spans at once.</summary>
    internal int Depth => _rows.Depth;

    /// <summary>Share of the run in which the lane had at least one item, 0 to 1.</summary>
    internal double BusyShare { get; private set; }

    /// <summary>Null when the run is drawn span by span.</summary>
    internal LaneDensity? Density { get; }

    /// <summary>Takes the lane's next span, by start, and tells its row.</summary>
    internal int Add(in ItemSpan span)
    {
        SpanCount++;
        Density?.Add(span);
        if (span.End > _busyUntil)
        {
            _busy += span.End - (span.Start > _busyUntil ? span.Start : _busyUntil);
            _busyUntil = span.End;
        }

        return _rows.Place(span);
    }

    internal void Finish() => BusyShare = _runLength > TimeSpan.Zero ? _busy / _runLength : 0;
}
