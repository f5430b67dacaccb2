using System.Diagnostics;

namespace Braid.Wire;

/// <summary>In a worker: what carrying the arguments and results of one function costs, against the work itself.</summary>
/// <remarks>
/// A clock reading takes about 25 ns, so after the first calls only one in sixteen is measured and stands for the others. The very first is
/// never measured: it runs code that has to be compiled. One thread.
/// </remarks>
internal struct EncodingCost
{
    private const int AllUntil = 64;
    private const int Share = 16;

    // Below this nobody would notice, and a few slow calls could decide. Both sides together it is twice as much: the parent encodes what is
    // decoded here and decodes what is encoded here.
    private static readonly long Noticeable = Stopwatch.Frequency / 20;

    private const int FewestSamples = 5;

    private long _calls;
    private int _samples;
    private long _weights;
    private long _encoding;
    private long _work;
    private bool _isTold;

    /// <summary>A call begins: true if it is to be measured.</summary>
    internal bool IsSample() => ++_calls is > 1 and <= AllUntil || _calls % Share == 0;

    /// <summary>What the call has taken, in ticks of <see cref="Stopwatch"/>.</summary>
    internal void Add(long encoding, long work)
    {
        int weight = _calls <= AllUntil ? 1 : Share;
        _samples++;
        _weights += weight;
        _encoding += encoding * weight;
        _work += work * weight;
    }

    /// <summary>True once, if encoding costs more than the work and enough to be told.</summary>
    /// <param name="encoding">Per item, here and in the parent.</param>
    /// <param name="work">Per item.</param>
    internal bool TryTell(out TimeSpan encoding, out TimeSpan work)
    {
        encoding = work = default;
        if (_isTold || _encoding < Noticeable || 2 * _encoding <= _work || _samples < FewestSamples) return false;
        _isTold = true;
        encoding = Stopwatch.GetElapsedTime(0, 2 * _encoding / _weights);
        work = Stopwatch.GetElapsedTime(0, _work / _weights);
        return true;
    }
}
