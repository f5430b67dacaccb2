namespace Braid.Processes;

/// <summary>The live buffers of this process by their ids, so that one that comes back is the object that it was. Does not keep them alive.</summary>
/// <remarks>
/// A buffer is a small object with a descriptor and much memory behind it, which the garbage collector does not see as much. So it is called
/// whenever there are half as many buffers again as were left the last time, and 64 at least.
/// </remarks>
internal static class SharedBufferTable
{
    private const int LeastGrowth = 64;

    // Guards what follows, and that a buffer which two threads receive at once is opened once.
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Guid, WeakReference<SharedBuffer>> Live = [];
    private static int _limit = LeastGrowth;

    internal static void Add(SharedBuffer buffer)
    {
        lock (Gate) AddLocked(buffer);
    }

    /// <summary>It was disposed. Meanwhile another object may stand for the same memory, which stays.</summary>
    internal static void Remove(SharedBuffer buffer)
    {
        lock (Gate)
        {
            if (Live.TryGetValue(buffer.Id, out var entry) && entry == buffer.Entry) Live.Remove(buffer.Id);
        }
    }

    /// <summary>The buffer of that id; if this process does not have it, what <paramref name="make"/> makes.</summary>
    internal static SharedBuffer FindOrAdd<TState>(Guid id, TState state, Func<Guid, TState, SharedBuffer> make)
    {
        lock (Gate)
        {
            if (Live.TryGetValue(id, out var entry) && entry.TryGetTarget(out var known)) return known;
            var buffer = make(id, state);
            AddLocked(buffer);
            return buffer;
        }
    }

    private static void AddLocked(SharedBuffer buffer)
    {
        Live[buffer.Id] = buffer.Entry;
        if (Live.Count < _limit) return;
        foreach (var (id, entry) in Live)
            if (!entry.TryGetTarget(out _)) Live.Remove(id);

        _limit = Live.Count + Math.Max(LeastGrowth, Live.Count / 2);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
