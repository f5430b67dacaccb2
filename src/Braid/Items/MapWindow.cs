namespace Braid.Items;

/// <summary>
/// The places of a map that have been read from the source and not taken by the consumer: at most MaxConcurrency of them, or without one the executor's ReadAhead. One consumer
/// adds, takes and waits; workers report places that are done.
/// </summary>
internal abstract class MapWindow<TArg, TResult>
{
    internal abstract int Count { get; }

    internal bool IsEmpty => Count == 0;

    /// <summary>True if <see cref="TryTake"/> would give a place.</summary>
    internal abstract bool CanTake { get; }

    private protected ConsumerSignal Signal { get; } = new();

    internal abstract void Add(MapItem<TArg, TResult> place);

    /// <summary>Removes and returns the place whose turn it is, if it is done.</summary>
    internal abstract bool TryTake(out MapItem<TArg, TResult> place);

    /// <summary>Ends the attempts that no worker has begun.</summary>
    internal abstract void CancelWaiting();

    /// <summary>A worker is done with a place: wakes the consumer if that is what it waits for.</summary>
    internal abstract void OnDone(MapItem<TArg, TResult> place);

    /// <summary>Completes when a place can be taken, or after <see cref="Call"/>. One waiter at a time.</summary>
    internal ValueTask WaitAsync() => Signal.WaitAsync(this);

    /// <inheritdoc cref="ConsumerSignal.Call"/>
    internal void Call() => Signal.Call();

    /// <inheritdoc cref="ConsumerSignal.ForgetCall"/>
    internal void ForgetCall() => Signal.ForgetCall();
}
