namespace Braid.Items;

/// <summary>Places in source order: the consumer takes the first, when it is done.</summary>
internal sealed class OrderedWindow<TArg, TResult> : MapWindow<TArg, TResult>
{
    private readonly Queue<MapItem<TArg, TResult>> _places = new();

    // The place that the consumer waits for; when it does, workers compare theirs with it, so that only the one that matters wakes it.
    private MapItem<TArg, TResult>? _first;

    internal override int Count => _places.Count;

    internal override bool CanTake => _first is { IsDone: true };

    internal override void Add(MapItem<TArg, TResult> place)
    {
        _places.Enqueue(place);
        if (_first is null) Volatile.Write(ref _first, place);
    }

    internal override bool TryTake(out MapItem<TArg, TResult> place)
    {
        place = _first!;
        if (place is not { IsDone: true }) return false;
        _places.Dequeue();
        Volatile.Write(ref _first, _places.TryPeek(out var next) ? next : null);
        return true;
    }

    internal override void CancelWaiting()
    {
        foreach (var place in _places) place.CancelLatestIfWaiting();
    }

    internal override void OnDone(MapItem<TArg, TResult> place)
    {
        // Between "it is done" and "does anybody wait": the consumer has its fence between "I wait" and "is it done".
        Interlocked.MemoryBarrier();
        if (Signal.IsAwaited && ReferenceEquals(Volatile.Read(ref _first), place)) Signal.Set();
    }
}
