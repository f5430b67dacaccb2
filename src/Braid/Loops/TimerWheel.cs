using System.Numerics;

namespace Braid.Loops;

/// <summary>The numbers of timers by deadline, equal deadlines by the order in which they were added: a heap of those that are due soon, and wheels for the rest.</summary>
/// <remarks>
/// <code>
///   near:      a heap of what is due in this tick, some milliseconds, or was due before
///   wheel 0:   256 slots of one tick each        ┐  a slot is a list, threaded through the timers themselves: adding is O(1), takes
///   wheel 1:   256 slots of 256 ticks each       │  no memory, and touches one timer. When a slot's time has come, those of wheel 0
///   wheel 2:   …                                 ┘  go to the heap, those of the others one or more wheels down.
/// </code>
/// With a million timers a heap alone takes most of the time: each that fires walks ten levels of memory that no cache holds. Here it walks
/// the few levels of one tick's heap. What a wheel is like: G. Varghese, A. Lauck, Hashed and Hierarchical Timing Wheels, 1987, scheme 7; the heap
/// in front keeps the exact order and the exact time, which wheels round.
/// A timer that is removed only says so (<see cref="TimerState.Removed"/>); it is left out when its slot's time comes, or by a <see cref="Sweep"/>.
/// </remarks>
internal sealed class TimerWheel
{
    // A tick is then 4.2 ms on a clock of nanoseconds: a wheel of 256 covers the next second, and of a million timers in one the heap holds 4,000.
    private const int TicksPerSecond = 200;

    private const int SlotBits = 8;
    private const int Slots = 1 << SlotBits;
    private const int Words = Slots / 64;

    private readonly TimerTable _table;
    private readonly TimerHeap _near = new();
    private readonly Slot[][] _wheels; // empty until used
    private readonly ulong[] _occupied; // a bit per slot
    private readonly int _tickBits;
    private readonly long _origin;
    private long _tick; // what is due in it or before is near

    /// <param name="table">The timers.</param>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="frequency">Timestamps per second.</param>
    public TimerWheel(TimerTable table, long now, long frequency)
    {
        _table = table;
        _tickBits = BitOperations.Log2((ulong)Math.Max(1, frequency / TicksPerSecond));
        _origin = now >> _tickBits;
        var wheels = (63 - _tickBits) / SlotBits + 1;
        _wheels = new Slot[wheels][];
        Array.Fill(_wheels, []);
        _occupied = new ulong[wheels * Words];
    }

    /// <summary>No timer is due earlier. A removed one may have been; <see cref="long.MaxValue"/>: there is none.</summary>
    public long EarliestBound { get; private set; } = long.MaxValue;

    public void Add(int timer, long deadline)
    {
        _table[timer].Deadline = deadline;
        Place(timer, deadline);
        if (deadline < EarliestBound) EarliestBound = deadline;
    }

    /// <summary>Takes out the earliest timer if it is due at <paramref name="now"/>.</summary>
    /// <returns>Its number; 0: none is due.</returns>
    public int TakeDue(long now)
    {
        if (EarliestBound > now) return 0;
        Approach((now >> _tickBits) - _origin);
        var due = 0;
        if (_near.Count > 0 && _near.NextDeadline <= now)
        {
            due = _near.First;
            _near.RemoveFirst();
            DropRemoved();
        }

        EarliestBound = FindBound();
        return due;
    }

    /// <summary>The earliest deadline of a timer that is set; <see cref="long.MaxValue"/>: none is.</summary>
    /// <remarks>To know, it has the heap take over a slot before its time. What is added later and due before goes to the heap too.</remarks>
    public long FindExact()
    {
        Approach(long.MaxValue);
        return EarliestBound = FindBound();
    }

    /// <summary>Forgets all that were removed. O(n).</summary>
    public void Sweep()
    {
        _near.RemoveAll(_table.FreeIfRemoved);
        for (var wheel = 0; wheel < _wheels.Length; wheel++)
        {
            for (var index = NextOccupied(wheel, 0); index >= 0; index = NextOccupied(wheel, index + 1))
                PlaceAll(TakeSlot(wheel, index)); // where they were, but for the removed ones
        }

        EarliestBound = FindBound();
    }

    private void DropRemoved()
    {
        while (_table.RemovedCount > 0 && _near.Count > 0 && _table.FreeIfRemoved(_near.First)) _near.RemoveFirst();
    }

    // Moves slots whose time has come by then, in the order of time, until the heap has the earliest timer. Not all of them at once: of a million
    // timers that are due the heap shall hold only those of a tick.
    private void Approach(long tick)
    {
        DropRemoved();
        while (_near.Count == 0)
        {
            var (wheel, index) = NextSlot();
            var start = wheel < 0 ? long.MaxValue : StartOf(wheel, index);
            if (wheel < 0 || start > tick)
            {
                if (tick != long.MaxValue) _tick = Math.Max(_tick, tick);
                return;
            }

            _tick = start;
            PlaceAll(TakeSlot(wheel, index));
            DropRemoved();
        }
    }

    private void PlaceAll(int timer)
    {
        while (timer != 0)
        {
            ref var entry = ref _table[timer];
            var next = entry.Next;
            if (!_table.FreeIfRemoved(timer)) Place(timer, entry.Deadline);
            timer = next;
        }
    }

    // The wheel is that of the highest digit in which the deadline differs from now, a digit being SlotBits wide.
    private void Place(int timer, long deadline)
    {
        var tick = (deadline >> _tickBits) - _origin;
        if (tick <= _tick)
        {
            _near.Add(timer, deadline);
            return;
        }

        var wheel = BitOperations.Log2((ulong)(tick ^ _tick)) / SlotBits;
        var index = (int)(tick >> (wheel * SlotBits)) & (Slots - 1);
        if (_wheels[wheel].Length == 0) _wheels[wheel] = new Slot[Slots];
        ref var slot = ref _wheels[wheel][index];
        _table[timer].Next = 0;
        if (slot.First == 0)
        {
            slot = new Slot { First = timer, Earliest = deadline };
            _occupied[wheel * Words + index / 64] |= 1UL << index;
        }
        else
        {
            _table[slot.Last].Next = timer;
            slot.Earliest = Math.Min(slot.Earliest, deadline);
        }

        slot.Last = timer;
    }

    private int TakeSlot(int wheel, int index)
    {
        ref var slot = ref _wheels[wheel][index];
        var first = slot.First;
        slot = default;
        _occupied[wheel * Words + index / 64] &= ~(1UL << index);
        return first;
    }

    private long FindBound()
    {
        if (_near.Count > 0) return _near.NextDeadline;
        var (wheel, index) = NextSlot();
        return wheel < 0 ? long.MaxValue : _wheels[wheel][index].Earliest;
    }

    // What is in a wheel is due before all that is in the next, and its slots are in the order of time: none is behind the present one.
    private (int Wheel, int Index) NextSlot()
    {
        for (var wheel = 0; wheel < _wheels.Length; wheel++)
            if (NextOccupied(wheel, 0) is var index and >= 0) return (wheel, index);
        return (-1, -1);
    }

    private int NextOccupied(int wheel, int from)
    {
        for (var word = from / 64; word < Words; word++)
        {
            var bits = _occupied[wheel * Words + word];
            if (word == from / 64) bits &= ulong.MaxValue << from;
            if (bits != 0) return word * 64 + BitOperations.TrailingZeroCount(bits);
        }

        return -1;
    }

    // The first tick of a slot: now's digits above, its own, and zeros below.
    private long StartOf(int wheel, int index)
    {
        var shift = wheel * SlotBits;
        var above = shift + SlotBits >= 63 ? 0 : _tick >> (shift + SlotBits) << (shift + SlotBits);
        return above | (long)index << shift;
    }

    private struct Slot
    {
        public int First; // 0: none
        public int Last;
        public long Earliest; // of all that were added; that one may have been removed
    }
}
