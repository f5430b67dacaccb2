namespace Braid.Items;

/// <summary>Places in the order in which they were done, the fastest first.</summary>
internal sealed class UnorderedWindow<TArg, TResult> : MapWindow<TArg, TResult>
{
    // In no order: each place knows where it is, and the last one takes the room of one that leaves.
    private readonly List<MapItem<TArg, TResult>> _places = [];

    // Done places, newest first: workers push, and the consumer takes the whole list and turns it round.
    private MapItem<TArg, TResult>? _done;
    private MapItem<TArg, TResult>? _next;

    internal override int Count => _places.Count;

    internal override bool CanTake => _next is not null || Volatile.Read(ref _done) is not null;

    internal override void Add(MapItem<TArg, TResult> place)
    {
        place.WindowIndex = _places.Count;
        _places.Add(place);
    }

    internal override bool TryTake(out MapItem<TArg, TResult> place)
    {
        if (_next is null) Collect();
        place = _next!;
        if (place is null) return false;
        _next = place.NextDone;
        place.NextDone = null;
        Remove(place);
        return true;
    }

    internal override void CancelWaiting()
    {
        foreach (var place in _places) place.CancelLatestIfWaiting();
    }

    internal override void OnDone(MapItem<TArg, TResult> place)
    {
        MapItem<TArg, TResult>? head;
        do
        {
            head = Volatile.Read(ref _done);
            place.NextDone = head;
        }
        while (Interlocked.CompareExchange(ref _done, place, head) != head);

        // The exchange above is the fence between "it is done" and "does anybody wait".
        if (Signal.IsAwaited) Signal.Set();
    }

    private void Remove(MapItem<TArg, TResult> place)
    {
        var last = _places[^1];
        _places[place.WindowIndex] = last;
        last.WindowIndex = place.WindowIndex;
        _places.RemoveAt(_places.Count - 1);
    }

    private void Collect()
    {
        // A look that finds nothing must not take the cache line from the workers.
        if (Volatile.Read(ref _done) is null) return;
        var newest = Interlocked.Exchange(ref _done, null);
        while (newest is not null)
        {
            var older = newest.NextDone;
            newest.NextDone = _next;
            _next = newest;
            newest = older;
        }
    }
}
