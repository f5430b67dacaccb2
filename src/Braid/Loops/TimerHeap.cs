namespace Braid.Loops;

/// <summary>Something that waits in a <see cref="TimerHeap"/>.</summary>
internal interface ILoopTimer
{
    /// <summary>Its place in the heap, kept by the heap; -1: not in it. This is what makes cancelling cheap.</summary>
    int HeapIndex { get; set; }

    /// <summary>Its time has come; it has left the heap.</summary>
    void Fire();

    /// <summary>The loop ends before its time has come; it has left the heap.</summary>
    void Abandon();
}

/// <summary>Timers by deadline, equal deadlines by the order in which they were added. A cancelled timer leaves at once.</summary>
/// <remarks>Add and remove are O(log n). Four children per node: half the levels of a binary heap, and the children share cache lines.</remarks>
internal sealed class TimerHeap
{
    private const int Children = 4;

    private Node[] _nodes = new Node[16];
    private int _count;
    private long _sequence;

    public int Count => _count;

    /// <summary>The earliest deadline, in timestamps of the loop's clock. The heap must not be empty.</summary>
    public long NextDeadline => _nodes[0].Deadline;

    /// <summary>The timers, in no order.</summary>
    public IEnumerable<ILoopTimer> Timers => _nodes.Take(_count).Select(node => node.Timer);

    public void Add(ILoopTimer timer, long deadline)
    {
        if (_count == _nodes.Length) Array.Resize(ref _nodes, _count * 2);
        SiftUp(_count++, new Node(deadline, _sequence++, timer));
    }

    /// <summary>Takes a timer out; nothing happens if it is not in the heap.</summary>
    public void Remove(ILoopTimer timer)
    {
        var index = timer.HeapIndex;
        if (index < 0) return;
        timer.HeapIndex = -1;
        var last = _nodes[--_count];
        _nodes[_count] = default;
        if (index == _count) return;

        // The last node takes the free place; from there it may have to go either way.
        if (index > 0 && last.IsBefore(_nodes[(index - 1) / Children])) SiftUp(index, last);
        else SiftDown(index, last);
    }

    /// <summary>Takes the earliest timer out. The heap must not be empty.</summary>
    public ILoopTimer RemoveFirst()
    {
        var timer = _nodes[0].Timer;
        Remove(timer);
        return timer;
    }

    private void SiftUp(int index, Node node)
    {
        while (index > 0)
        {
            var parent = (index - 1) / Children;
            if (!node.IsBefore(_nodes[parent])) break;
            Place(index, _nodes[parent]);
            index = parent;
        }

        Place(index, node);
    }

    private void SiftDown(int index, Node node)
    {
        while (true)
        {
            var first = index * Children + 1;
            if (first >= _count) break;
            var least = first;
            var end = Math.Min(first + Children, _count);
            for (var child = first + 1; child < end; child++)
                if (_nodes[child].IsBefore(_nodes[least])) least = child;
            if (!_nodes[least].IsBefore(node)) break;
            Place(index, _nodes[least]);
            index = least;
        }

        Place(index, node);
    }

    private void Place(int index, Node node)
    {
        _nodes[index] = node;
        node.Timer.HeapIndex = index;
    }

    private readonly record struct Node(long Deadline, long Sequence, ILoopTimer Timer)
    {
        public bool IsBefore(in Node other) =>
            Deadline != other.Deadline ? Deadline < other.Deadline : Sequence < other.Sequence;
    }
}
