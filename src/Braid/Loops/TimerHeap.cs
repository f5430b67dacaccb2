namespace Braid.Loops;

/// <summary>The numbers of timers by deadline, equal deadlines by the order in which they were added.</summary>
/// <remarks>
/// Four children per node: half the levels of a binary heap, and the four, of sixteen bytes each, share a cache line. It holds no references, so
/// moving a node costs the garbage collector nothing, and it never looks at a timer, each of which would be a distant memory access. So it cannot
/// take out one from the middle: see <see cref="LoopTimers"/> for what becomes of cancelled ones.
/// Adding and taking the first out are O(log n).
/// </remarks>
internal sealed class TimerHeap
{
    private const int Children = 4;

    private Node[] _nodes = new Node[16];
    private uint _lastOrder;

    public int Count { get; private set; }

    /// <summary>The earliest deadline, in timestamps of the loop's clock. The heap must not be empty.</summary>
    public long NextDeadline => _nodes[0].Deadline;

    /// <summary>The number of the timer with the earliest deadline. The heap must not be empty.</summary>
    public int First => _nodes[0].Timer;

    public void Add(int timer, long deadline)
    {
        if (Count == _nodes.Length) Array.Resize(ref _nodes, Count * 2);
        SiftUp(Count++, new Node(deadline, ++_lastOrder, timer));
    }

    /// <summary>Takes the earliest out. The heap must not be empty.</summary>
    public void RemoveFirst()
    {
        var last = _nodes[--Count];
        if (Count > 0) SiftDown(0, last);
    }

    /// <summary>Takes out all timers that the predicate chooses. O(n).</summary>
    public void RemoveAll(Predicate<int> predicate)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
            if (!predicate(_nodes[i].Timer)) _nodes[kept++] = _nodes[i];
        Count = kept;
        for (var i = (kept - 2) / Children; i >= 0 && kept > 1; i--) SiftDown(i, _nodes[i]);
    }

    private void SiftUp(int index, in Node node)
    {
        var nodes = _nodes;
        while (index > 0)
        {
            var parent = (index - 1) / Children;
            if (!node.IsBefore(nodes[parent])) break;
            nodes[index] = nodes[parent];
            index = parent;
        }

        nodes[index] = node;
    }

    private void SiftDown(int index, Node node)
    {
        var nodes = _nodes;
        while (true)
        {
            var first = index * Children + 1;
            if (first >= Count) break;
            var least = first;
            var end = Math.Min(first + Children, Count);
            for (var child = first + 1; child < end; child++)
                if (nodes[child].IsBefore(nodes[least])) least = child;
            if (!nodes[least].IsBefore(node)) break;
            nodes[index] = nodes[least];
            index = least;
        }

        nodes[index] = node;
    }

    /// <param name="Deadline">When.</param>
    /// <param name="Order">Among equal deadlines. It wraps around, so only the difference of two counts: good while fewer than 2^31 timers are set.</param>
    /// <param name="Timer">Which.</param>
    private readonly record struct Node(long Deadline, uint Order, int Timer)
    {
        public bool IsBefore(in Node other) => Deadline < other.Deadline || (Deadline == other.Deadline && (int)(Order - other.Order) < 0);
    }
}
