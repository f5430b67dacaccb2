namespace Braid.Tracing;

/// <summary>One lane cut into equal bins of time, for runs with too many items to draw each.</summary>
internal sealed class LaneDensity
{
    private readonly long _startTicks;
    private readonly double _binTicks;
    // Time that spans cover of a bin without covering it whole, in bins.
    private readonly double[] _partial;
    // Spans that cover whole bins, as differences: +1 at the first such bin, -1 after the last. One span costs the same however long it is.
    private readonly int[] _whole;

    internal LaneDensity(TimeSpan start, TimeSpan end, int bins)
    {
        _startTicks = start.Ticks;
        _binTicks = Math.Max(1.0, (double)(end.Ticks - start.Ticks) / bins);
        _partial = new double[bins];
        _whole = new int[bins + 1];
        Started = new int[bins];
        Failed = new int[bins];
    }

    /// <summary>Spans that began in each bin.</summary>
    internal int[] Started { get; }

    /// <summary>Spans that ended in each bin with a failure.</summary>
    internal int[] Failed { get; }

    internal void Add(in ItemSpan span)
    {
        var from = (span.Start.Ticks - _startTicks) / _binTicks;
        var to = (span.End.Ticks - _startTicks) / _binTicks;
        int first = BinOf(from), last = BinOf(to);
        Started[first]++;
        if (span.Status == SpanStatus.Failed) Failed[last]++;
        if (first == last)
        {
            _partial[first] += to - from;
            return;
        }

        _partial[first] += first + 1 - from;
        _partial[last] += to - last;
        _whole[first + 1]++;
        _whole[last]--;
    }

    /// <summary>Mean number of spans at once in each bin; on a lane that runs one at a time, the share of time it was busy.</summary>
    internal double[] Load()
    {
        var load = new double[_partial.Length];
        var whole = 0;
        for (var bin = 0; bin < load.Length; bin++)
        {
            whole += _whole[bin];
            load[bin] = whole + _partial[bin];
        }

        return load;
    }

    private int BinOf(double place) => Math.Clamp((int)place, 0, _partial.Length - 1);
}
