namespace Braid.Tracing;

/// <summary>Stacks the overlapping spans of one lane: each gets the lowest row that is free when it starts.</summary>
/// <remarks>A thread's spans never overlap and stay in row 0; a loop's do. Give spans by start.</remarks>
internal sealed class LaneRows
{
    private readonly PriorityQueue<int, TimeSpan> _taken = new();
    private readonly PriorityQueue<int, int> _free = new();

    /// <summary>Rows used so far, which is also the most spans at once.</summary>
    internal int Depth { get; private set; }

    internal int Place(in ItemSpan span)
    {
        while (_taken.TryPeek(out var row, out var end) && end <= span.Start)
        {
            _taken.Dequeue();
            _free.Enqueue(row, row);
        }

        if (!_free.TryDequeue(out var place, out _)) place = Depth++;
        _taken.Enqueue(place, span.End);
        return place;
    }
}
