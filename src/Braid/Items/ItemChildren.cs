namespace Braid.Items;

/// <summary>The items that an item's work has given to its own executor: what it may be waiting for. Thread-safe.</summary>
internal sealed class ItemChildren
{
    private int _waiting;
    private int _unfinished;

    /// <summary>Those that no worker has begun.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Those that have not finished.</summary>
    internal int Unfinished => Volatile.Read(ref _unfinished);

    /// <summary>The name of the last one; for messages.</summary>
    internal string LastName { get; private set; } = "";

    internal void OnGiven(string name)
    {
        LastName = name;
        Interlocked.Increment(ref _waiting);
        Interlocked.Increment(ref _unfinished);
    }

    /// <summary>One does not wait for a worker any more: it has been begun, or cancelled.</summary>
    internal void OnBegun() => Interlocked.Decrement(ref _waiting);

    internal void OnFinished() => Interlocked.Decrement(ref _unfinished);
}
