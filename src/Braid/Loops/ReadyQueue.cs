using System.Runtime.CompilerServices;

namespace Braid.Loops;

/// <summary>The callbacks that are ready, first in, first out. Only the loop's thread touches it, so it needs no lock.</summary>
internal sealed class ReadyQueue
{
    // A ring whose length is a power of two, so that wrapping around is a mask. It grows and never shrinks:
    // a loop that was once this busy will be again.
    private ReadyEntry[] _ring = new ReadyEntry[256];
    private int _head;
    private int _count;

    public int Count => _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enqueue(ReadyKind kind, Delegate callback, object? state) => Enqueue(new ReadyEntry(kind, callback, state));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enqueue(in ReadyEntry entry)
    {
        var ring = _ring;
        if (_count == ring.Length) ring = Grow();
        ring[(_head + _count) & (ring.Length - 1)] = entry;
        _count++;
    }

    /// <summary>Takes the oldest entry. The queue must not be empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadyEntry Dequeue()
    {
        var ring = _ring;
        ref var slot = ref ring[_head & (ring.Length - 1)];
        var entry = slot;
        slot = default; // what the callback holds must not live on in the ring
        _head = (_head + 1) & (ring.Length - 1);
        _count--;
        return entry;
    }

    /// <summary>Exchanges two entries, counted from the oldest: for an order other than first in, first out.</summary>
    public void Swap(int one, int other)
    {
        ref var first = ref _ring[(_head + one) & (_ring.Length - 1)];
        ref var second = ref _ring[(_head + other) & (_ring.Length - 1)];
        (first, second) = (second, first);
    }

    public void Clear()
    {
        Array.Clear(_ring);
        _head = 0;
        _count = 0;
    }

    private ReadyEntry[] Grow()
    {
        var larger = new ReadyEntry[_ring.Length * 2];
        var first = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, first);
        Array.Copy(_ring, 0, larger, first, _head);
        _head = 0;
        return _ring = larger;
    }
}
