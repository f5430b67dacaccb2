using System.Runtime.CompilerServices;

namespace Braid.Loops;

/// <summary>The callbacks that are ready, first in, first out. Only the loop's thread changes it, so it needs no lock.</summary>
/// <remarks>
/// A callback stays at the front while it runs, and is removed afterwards: the <see cref="Watchdog"/> finds there what holds the loop, and
/// saying so costs the loop nothing. Its looks are milliseconds apart and from another thread; what it acts on stood still between two of them.
/// </remarks>
internal sealed class ReadyQueue
{
    // A ring whose length is a power of two, so that wrapping around is a mask. It grows and never shrinks:
    // a loop that was once this busy will be again.
    private ReadyEntry[] _ring = new ReadyEntry[256];

    // Counted from the loop's beginning and not from the ring's: what they point at is the same before and after it has grown.
    private long _head;
    private long _tail;

    public int Count => (int)(_tail - _head);

    /// <summary>What <see cref="Removed"/> will be when all that is in the queue now has run.</summary>
    public long End => _tail;

    /// <summary>Callbacks that have run to their end so far. From any thread.</summary>
    public long Removed => Volatile.Read(ref _head);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enqueue(ReadyKind kind, Delegate callback, object? state)
    {
        ref var slot = ref NextFree();
        slot.Kind = kind;
        slot.Callback = callback;
        slot.State = state;
        _tail++;
    }

    /// <summary>As the other, for callbacks without state: the slot has none yet, and each reference that is written costs a little.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enqueue(ReadyKind kind, Action callback)
    {
        ref var slot = ref NextFree();
        slot.Kind = kind;
        slot.Callback = callback;
        _tail++;
    }

    public void Enqueue(in ReadyEntry entry) => Enqueue(entry.Kind, entry.Callback!, entry.State);

    /// <summary>The oldest entry, which stays. The queue must not be empty; the reference is good until the next entry is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly ReadyEntry Oldest()
    {
        var ring = _ring;
        return ref ring[(int)_head & (ring.Length - 1)];
    }

    /// <summary>Removes the oldest entry: what it holds must not live on in the ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RemoveOldest()
    {
        var ring = _ring;
        ring[(int)_head & (ring.Length - 1)] = default;
        _head++;
    }

    /// <summary>What is at the front, from any thread; an empty entry if there is nothing, or if it changes just now.</summary>
    public ReadyEntry Peek()
    {
        var removed = Removed;
        var ring = Volatile.Read(ref _ring);
        var entry = ring[(int)removed & (ring.Length - 1)];
        Interlocked.MemoryBarrier(); // read what it was before you ask whether it still is
        return removed == Removed && ring == _ring ? entry : default;
    }

    /// <summary>Exchanges two entries, counted from the oldest: for an order other than first in, first out.</summary>
    public void Swap(int one, int other)
    {
        ref var first = ref At(_head + one);
        ref var second = ref At(_head + other);
        (first, second) = (second, first);
    }

    public void Clear()
    {
        Array.Clear(_ring);
        _head = _tail;
    }

    private ref ReadyEntry At(long position) => ref _ring[(int)position & (_ring.Length - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ReadyEntry NextFree()
    {
        var ring = _ring;
        if (_tail - _head == ring.Length) ring = Grow();
        return ref ring[(int)_tail & (ring.Length - 1)];
    }

    private ReadyEntry[] Grow()
    {
        var larger = new ReadyEntry[_ring.Length * 2];
        for (var position = _head; position < _tail; position++) larger[(int)position & (larger.Length - 1)] = At(position);
        return _ring = larger;
    }
}
