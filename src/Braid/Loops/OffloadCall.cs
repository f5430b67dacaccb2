namespace Braid.Loops;

/// <summary>One blocking call: goes to a thread with its caller's ExecutionContext, and its end comes back to the loop.</summary>
internal sealed class OffloadCall<TArg, TResult>(EventLoop loop, Func<TArg, TResult> blocking, TArg arg, CancellationToken cancellationToken) : LiveTask
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    // Completed on the loop as library code, so every continuation stays there, whatever its ConfigureAwait says.
    private readonly TaskCompletionSource<TResult> _completion = new();
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();
    private readonly WorkItem? _caller = WorkItem.Current;
    private readonly LiveTask? _main = loop.IsCurrentThread ? loop.Main : null;
    private CancellationTokenRegistration _registration;

    // Where it stands; from Waiting to one of the others, once.
    private int _state;
    private TResult? _result;
    private Exception? _error;

    public Task<TResult> Task => _completion.Task;

    public override string Name => CallbackName.Of(blocking, null).Name;

    public override long? ParentId => _caller?.Id ?? _main?.Id;

    public override string WaitsFor => Volatile.Read(ref _state) == Begun ? "the call" : "a thread";

    public override bool IsOffload => true;

    /// <summary>From now on a cancellation ends the call while it waits for a thread, which may be long: others' calls block.</summary>
    public void WatchCancellation()
    {
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static self => ((OffloadCall<TArg, TResult>)self!).Cancel(), this);
    }

    /// <summary>The loop takes no more calls.</summary>
    public void Forget() => _registration.Unregister();

    /// <summary>On the offload thread. Never throws.</summary>
    public void Run()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, Waiting) != Waiting) return; // cancelled while it waited for a thread: it never runs
        if (_executionContext is null) Invoke();
        else ExecutionContext.Run(_executionContext, static self => ((OffloadCall<TArg, TResult>)self!).Invoke(), this);

        Tell();
    }

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) != Waiting) return;
        _error = new OperationCanceledException(cancellationToken);
        Tell();
    }

    private void Tell()
    {
        // The loop may have ended meanwhile; whoever still awaits this elsewhere must learn the outcome all the same.
        if (!loop.TryPostLibrary(static self => ((OffloadCall<TArg, TResult>)self!).Finish(), this)) Finish();
    }

    private void Invoke()
    {
        try
        {
            _result = blocking(arg);
        }
        catch (Exception exception)
        {
            _error = exception;
        }
    }

    private void Finish()
    {
        _registration.Unregister();
        loop.LiveTasks.Remove(this);
        if (_error is null) _completion.SetResult(_result!);
        else if (_error is OperationCanceledException cancelled && cancelled.CancellationToken == cancellationToken && cancellationToken.IsCancellationRequested)
            _completion.SetCanceled(cancellationToken);
        else _completion.SetException(_error);
    }
}
