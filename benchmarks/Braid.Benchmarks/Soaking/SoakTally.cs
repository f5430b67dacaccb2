using System.Collections.Concurrent;

namespace Braid.Benchmarks.Soaking;

/// <summary>What has happened so far, on all loops of the soak.</summary>
internal sealed class SoakTally
{
    // A bug that shows in every conversation is told of often enough by these.
    private const int MostFailures = 20;

    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private int _open;
    private long _events;

    /// <summary>Connections that a server has accepted and not closed yet.</summary>
    internal int Open => Volatile.Read(ref _open);

    /// <summary>All that was counted, without what was merely noted.</summary>
    internal long Events => Interlocked.Read(ref _events);

    /// <summary>How often each thing has happened, by name.</summary>
    internal IEnumerable<(string What, int Times)> Counts => _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    /// <summary>What should not have happened.</summary>
    internal IReadOnlyCollection<string> Failures => _failures;

    internal void Opened() => Interlocked.Increment(ref _open);

    internal void Closed() => Interlocked.Decrement(ref _open);

    internal void Count(string what)
    {
        Interlocked.Increment(ref _events);
        Note(what);
    }

    /// <summary>Counts what is no end of a conversation.</summary>
    internal void Note(string what) => _counts.AddOrUpdate(what, 1, static (_, times) => times + 1);

    internal void Fail(string what)
    {
        if (_failures.Count < MostFailures) _failures.Enqueue(what);
    }
}
