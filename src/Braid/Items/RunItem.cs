using System.Threading.Tasks.Sources;

namespace Braid.Items;

/// <summary>An item that one caller awaits: <see cref="Executor.RunAsync"/>.</summary>
internal sealed class RunItem<TArg, TResult> : TypedWorkItem<TArg, TResult>, IValueTaskSource<TResult>
{
    // Asynchronously: the caller's code must not run on the worker that finished the item.
    private ManualResetValueTaskSourceCore<TResult> _end = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    internal RunItem(Executor executor, Work<TArg, TResult> work, TArg arg, CancellationToken cancellationToken)
        : base(work, arg, System.Threading.Timeout.InfiniteTimeSpan, relative: null, isMeasured: false, cancellationToken) => Executor = executor;

    internal override Executor Executor { get; }

    internal ValueTask<TResult> Result => new(this, _end.Version);

    /// <summary>From now on a cancellation ends the item while it waits for a worker.</summary>
    internal void WatchCancellation()
    {
        // A caller that gives up must not wait until a worker gets to the item and finds it cancelled.
        if (CancellationToken.CanBeCanceled)
            _registration = CancellationToken.UnsafeRegister(static state => ((RunItem<TArg, TResult>)state!).CancelIfWaiting(), this);
    }

    private protected override void OnSucceeded(TResult result)
    {
        _registration.Unregister();
        _end.SetResult(result);
    }

    private protected override void OnFailed(Exception exception)
    {
        _registration.Unregister();
        _end.SetException(exception);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => _end.GetResult(token);

    // Asked by whoever is about to wait, and so has a moment.
    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token)
    {
        var status = _end.GetStatus(token);
        return status == ValueTaskSourceStatus.Pending && Executor.LookFor(this) ? _end.GetStatus(token) : status;
    }

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);
}
