namespace Braid.Loops;

/// <summary>Something that waits in a <see cref="TimerHeap"/>.</summary>
internal interface ILoopTimer
{
    /// <summary>Its number in the heap, kept by the heap; 0: it is not in it. This is what makes cancelling cheap.</summary>
    long Ticket { get; set; }

    /// <summary>Its time has come; it has left the heap.</summary>
    void Fire();

    /// <summary>The loop ends before its time has come; it has left the heap.</summary>
    void Abandon();
}

/// <summary>Timers by deadline, equal deadlines by the order in which they were added.</summary>
/// <remarks>
/// Four children per node: half the levels of a binary heap, and the children share cache lines. A timer does not know where in the heap it
/// is: telling it at every step would touch a distant object each time, which took most of the time with a million timers. So a cancelled
/// timer only gives up its ticket, and its node stays until it comes to the top, or until such nodes are as many as the others and all are
/// swept out. Adding and taking the first out are O(log n), removing is O(1) on average.
/// </remarks>
internal sealed class TimerHeap
{
    private const int Children = 4;

    // Fewer nodes than this are not worth a sweep.
    private const int FewNodes = 64;

    private Node[] _nodes = new Node[16];
    private int _nodeCount;
    private long _lastTicket;

    /// <summary>Timers in the heap; the nodes of removed ones do not count.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest deadline, in timestamps of the loop's clock. The heap must not be empty.</summary>
    public long NextDeadline => _nodes[0].Deadline;

    /// <summary>The timers, in no order.</summary>
    public IEnumerable<ILoopTimer> Timers => _nodes.Take(_nodeCount).Where(node => !node.IsRemoved).Select(node => node.Timer);

    public void Add(ILoopTimer timer, long deadline)
    {
        if (_nodeCount == _nodes.Length) Array.Resize(ref _nodes, _nodeCount * 2);
        timer.Ticket = ++_lastTicket;
        Count++;
        SiftUp(_nodeCount++, new Node(deadline, _lastTicket, timer));
    }

    /// <summary>Takes a timer out; nothing happens if it is not in the heap.</summary>
    public void Remove(ILoopTimer timer)
    {
        if (timer.Ticket == 0) return;
        timer.Ticket = 0;
        Count--;
        if (_nodeCount > FewNodes && Count < _nodeCount / 2) Sweep();
        else DropRemoved();
    }

    /// <summary>Takes the earliest timer out. The heap must not be empty.</summary>
    public ILoopTimer RemoveFirst()
    {
        var timer = _nodes[0].Timer;
        timer.Ticket = 0;
        Count--;
        RemoveTop();
        DropRemoved();
        return timer;
    }

    // So that the node at the top is always that of a timer.
    private void DropRemoved()
    {
        while (_nodeCount > 0 && _nodes[0].IsRemoved) RemoveTop();
    }

    private void RemoveTop()
    {
        var last = _nodes[--_nodeCount];
        _nodes[_nodeCount] = default;
        if (_nodeCount > 0) SiftDown(0, last);
    }

    private void Sweep()
    {
        var kept = 0;
        for (var i = 0; i < _nodeCount; i++)
            if (!_nodes[i].IsRemoved) _nodes[kept++] = _nodes[i];
        Array.Clear(_nodes, kept, _nodeCount - kept);
        _nodeCount = kept;
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
            if (first >= _nodeCount) break;
            var least = first;
            var end = Math.Min(first + Children, _nodeCount);
            for (var child = first + 1; child < end; child++)
                if (nodes[child].IsBefore(nodes[least])) least = child;
            if (!nodes[least].IsBefore(node)) break;
            nodes[index] = nodes[least];
            index = least;
        }

        nodes[index] = node;
    }

    private readonly record struct Node(long Deadline, long Ticket, ILoopTimer Timer)
    {
        /// <summary>Its timer has been removed, and may have been added again since with another ticket.</summary>
        public bool IsRemoved => Timer.Ticket != Ticket;

        public bool IsBefore(in Node other) =>
            Deadline != other.Deadline ? Deadline < other.Deadline : Ticket < other.Ticket;
    }
}
