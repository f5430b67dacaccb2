using System.Threading.Tasks.Sources;

namespace Braid.Items;

/// <summary>How a worker wakes the consumer of a map that waits: one waiter, any number of callers.</summary>
/// <remarks>
/// Apart from the window, so that a worker which looks whether anybody waits does not fetch what the consumer writes with every item: for tiny
/// items that would be most of the cost.
/// </remarks>
internal sealed class ConsumerSignal : IValueTaskSource
{
    // Whether the consumer waits for a signal. Set by the consumer, cleared by whoever signals.
    private const int NobodyWaits = 0;
    private const int ConsumerWaits = 1;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _waiting;
    private volatile bool _isCalled;

    /// <summary>True if the consumer waits. A worker first publishes what it did, then has a full fence, then looks here.</summary>
    internal bool IsAwaited => Volatile.Read(ref _waiting) == ConsumerWaits;

    /// <summary>Completes after <see cref="Set"/> or <see cref="Call"/>, or at once if there is something to take already.</summary>
    internal ValueTask WaitAsync<TArg, TResult>(MapWindow<TArg, TResult> window)
    {
        _core.Reset();

        // A full fence between "I wait" here and "is it done" below.
        Interlocked.Exchange(ref _waiting, ConsumerWaits);
        if ((_isCalled || window.CanTake) && Interlocked.CompareExchange(ref _waiting, NobodyWaits, ConsumerWaits) == ConsumerWaits) return default;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the consumer if it waits.</summary>
    internal void Set()
    {
        if (Interlocked.CompareExchange(ref _waiting, NobodyWaits, ConsumerWaits) == ConsumerWaits) _core.SetResult(true);
    }

    /// <summary>Wakes the consumer although no place is done: the map is cancelled. From any thread; stays in force until <see cref="ForgetCall"/>.</summary>
    internal void Call()
    {
        _isCalled = true;
        Interlocked.MemoryBarrier();
        Set();
    }

    internal void ForgetCall() => _isCalled = false;

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
