namespace Braid.Loops;

/// <summary>One blocking call: goes to a thread with its caller's ExecutionContext, and its end comes back to the loop.</summary>
internal sealed class OffloadCall<TArg, TResult>(EventLoop loop, Func<TArg, TResult> blocking, TArg arg, CancellationToken cancellationToken) : LiveTask
{
    // Completed on the loop as library code, so every continuation stays there, whatever its ConfigureAwait says.
    private readonly TaskCompletionSource<TResult> _completion = new();
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();
    private readonly WorkItem? _caller = WorkItem.Current;
    private readonly LiveTask? _main = loop.IsCurrentThread ? loop.Main : null;
    private volatile bool _hasBegun;
    private TResult? _result;
    private Exception? _error;

    public Task<TResult> Task => _completion.Task;

    public override string Name => CallbackName.Of(blocking, null).Name;

    public override long? ParentId => _caller?.Id ?? _main?.Id;

    public override string WaitsFor => _hasBegun ? "the call" : "a thread";

    public override bool IsOffload => true;

    /// <summary>On the offload thread. Never throws.</summary>
    public void Run()
    {
        if (_executionContext is null) Invoke();
        else ExecutionContext.Run(_executionContext, static self => ((OffloadCall<TArg, TResult>)self!).Invoke(), this);

        // The loop may have ended meanwhile; whoever still awaits this elsewhere must learn the outcome all the same.
        if (!loop.TryPostLibrary(static self => ((OffloadCall<TArg, TResult>)self!).Finish(), this)) Finish();
    }

    private void Invoke()
    {
        try
        {
            _hasBegun = true;
            cancellationToken.ThrowIfCancellationRequested(); // cancelled while it waited for a thread: it never runs
            _result = blocking(arg);
        }
        catch (Exception exception)
        {
            _error = exception;
        }
    }

    private void Finish()
    {
        loop.LiveTasks.Remove(this);
        if (_error is null) _completion.SetResult(_result!);
        else if (_error is OperationCanceledException cancelled && cancelled.CancellationToken == cancellationToken && cancellationToken.IsCancellationRequested)
            _completion.SetCanceled(cancellationToken);
        else _completion.SetException(_error);
    }
}
