using System.Threading.Tasks.Sources;

namespace Braid.Items;

/// <summary>
/// The places of a map that have been read from the source and not taken by the consumer: at most MaxConcurrency of them. One consumer
/// adds, takes and waits; workers report places that are done.
/// </summary>
internal abstract class MapWindow<TArg, TResult> : IValueTaskSource
{
    // Whether the consumer waits for a signal. Set by the consumer, cleared by whoever signals.
    private const int NobodyWaits = 0;
    private const int ConsumerWaits = 1;

    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private int _waiting;
    private volatile bool _isCalled;

    internal abstract int Count { get; }

    internal bool IsEmpty => Count == 0;

    internal abstract void Add(MapItem<TArg, TResult> place);

    /// <summary>Removes and returns the place whose turn it is, if it is done.</summary>
    internal abstract bool TryTake(out MapItem<TArg, TResult> place);

    /// <summary>Ends the attempts that no worker has begun.</summary>
    internal abstract void CancelWaiting();

    /// <summary>A worker is done with a place.</summary>
    internal abstract void OnDone(MapItem<TArg, TResult> place);

    /// <summary>True if <see cref="TryTake"/> would give a place.</summary>
    private protected abstract bool CanTake();

    /// <summary>Completes when a place can be taken, or after <see cref="Call"/>. One waiter at a time.</summary>
    internal ValueTask WaitAsync()
    {
        _signal.Reset();

        // A full fence between "I wait" here and "is it done" below; the worker has its own between "it is done" and "does anyone wait".
        Interlocked.Exchange(ref _waiting, ConsumerWaits);
        if ((_isCalled || CanTake()) && Interlocked.CompareExchange(ref _waiting, NobodyWaits, ConsumerWaits) == ConsumerWaits) return default;
        return new ValueTask(this, _signal.Version);
    }

    /// <summary>Wakes the consumer although no place is done: the map is cancelled. From any thread; stays in force until <see cref="ForgetCall"/>.</summary>
    internal void Call()
    {
        _isCalled = true;
        Interlocked.MemoryBarrier();
        Signal();
    }

    internal void ForgetCall() => _isCalled = false;

    /// <summary>Wakes the consumer if it waits. The caller has a full fence between what it changed and this call.</summary>
    private protected void Signal()
    {
        if (Volatile.Read(ref _waiting) == ConsumerWaits
            && Interlocked.CompareExchange(ref _waiting, NobodyWaits, ConsumerWaits) == ConsumerWaits)
        {
            _signal.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);
}
