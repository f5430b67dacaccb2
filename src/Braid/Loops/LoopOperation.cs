using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Braid.Loops;

/// <summary>
/// What a ValueTask of the loop stands on: one receive, one send, one sleep. Reused, so that awaiting allocates nothing.
/// </summary>
/// <remarks>
/// It differs from .NET's ManualResetValueTaskSourceCore in what it does with the continuation: it goes straight onto the ready queue,
/// marked as user or library code, without Post and without an interlocked instruction. For that it is completed on the loop's thread
/// only. Awaiting it from another thread works too, by way of a post.
/// An operation is busy from <see cref="Begin"/> until its result is taken.
/// </remarks>
internal abstract class LoopOperation<TResult>(EventLoop loop) : IValueTaskSource<TResult>, IValueTaskSource, ILoopWait
{
    private bool _completed; // written last, read first by other threads
    private TResult? _result;
    private Exception? _error;
    private bool _failsAsStream;
    private Continuation _continuation;
    private CancellationTokenRegistration _registration;
    private short _version;

    protected EventLoop Loop { get; } = loop;

    /// <summary>From <see cref="Begin"/> until the result is taken.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Begun and not completed.</summary>
    public bool IsPending => IsBusy && !_completed;

    /// <summary>For people: what it waits for, in a word.</summary>
    public virtual string What => "an operation";

    public object? AsyncMethod => CallbackName.AsyncMethodOf(_continuation.Callback, _continuation.State);

    public bool IsAwaited => _continuation.Callback is not null;

    /// <summary>Pending only until the next turn; nothing else can complete it but the end of its socket.</summary>
    protected bool IsDeferred { get; private set; }

    /// <summary>What the caller of the operation awaits.</summary>
    protected ValueTask<TResult> ResultTask => new(this, _version);

    /// <summary>The same, for operations whose result says nothing.</summary>
    protected ValueTask VoidTask => new(this, _version);

    /// <summary>The same for one that was just started and may have completed at once.</summary>
    protected ValueTask WithoutResult(ValueTask<TResult> started)
    {
        if (IsBusy) return VoidTask;
        return started.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(started.AsTask());
    }

    /// <summary>Starts a use. A token that is cancelled already completes the operation here.</summary>
    protected void Begin(CancellationToken cancellationToken)
    {
        Debug.Assert(!IsBusy, "The public method has refused a second use already.");
        IsBusy = true;
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (self, token) => ((LoopOperation<TResult>)self!).RequestCancel(token), this);
    }

    /// <summary>Starts a use whose result is known, but lets the caller wait a turn for it, so that others run.</summary>
    protected void CompleteNextTurn(TResult result)
    {
        Begin(CancellationToken.None);
        IsDeferred = true;
        _result = result;
        Loop.TryPostLibrary(static self => ((LoopOperation<TResult>)self!).CompleteDeferred(), this);
    }

    public void Complete(TResult result)
    {
        _result = result;
        Finish();
    }

    public void Fail(Exception error)
    {
        _error = error;
        Finish();
    }

    /// <summary>This use belongs to a stream, whose callers expect the system's errors inside an IOException.</summary>
    public void FailAsStream() => _failsAsStream = true;

    /// <summary>Ends a pending operation whose socket or loop goes away.</summary>
    public void FailIfPending(Exception error)
    {
        if (!IsPending) return;
        OnCancelled();
        Fail(error);
    }

    /// <summary>Forgets what the operation waits for: its place in a heap, its buffer. It is completed right after.</summary>
    protected virtual void OnCancelled() { }

    /// <summary>The result has been taken; the operation may be used again.</summary>
    protected virtual void OnTaken() { }

    private void CompleteDeferred()
    {
        if (IsPending) Finish(); // else its socket was closed meanwhile
    }

    private void Finish()
    {
        // Waits for a cancellation callback that runs on another thread right now (it only posts), so that none of this use can hit
        // the next one.
        _registration.Dispose();
        _registration = default;
        Volatile.Write(ref _completed, true);
        if (_continuation.Callback is not null) _continuation.Schedule(Loop);
    }

    // Called by the token's source, on whichever thread cancels.
    private void RequestCancel(CancellationToken token)
    {
        if (Loop.IsCurrentThread) Cancel(_version, token);
        else Loop.TryPostLibrary(static request => ((CancelRequest)request!).Apply(), new CancelRequest(this, _version, token));
    }

    private void Cancel(short version, CancellationToken token)
    {
        if (version != _version || !IsPending) return;
        OnCancelled();
        Fail(new OperationCanceledException(token));
    }

    private sealed record CancelRequest(LoopOperation<TResult> Operation, short Version, CancellationToken Token)
    {
        public void Apply() => Operation.Cancel(Version, Token);
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        CheckVersion(token);
        if (!Volatile.Read(ref _completed)) return ValueTaskSourceStatus.Pending;
        if (_error is null) return ValueTaskSourceStatus.Succeeded;
        return _error is OperationCanceledException ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    public TResult GetResult(short token)
    {
        CheckVersion(token);
        if (!Volatile.Read(ref _completed)) throw new InvalidOperationException("The operation has not completed; await it instead of asking for its result.");
        var result = _result!;
        var error = _failsAsStream && _error is SocketException cause ? SocketErrors.ForStream(cause) : _error;
        Reset();
        OnTaken();
        if (error is not null) ExceptionDispatchInfo.Throw(error);
        return result;
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        CheckVersion(token);
        var captured = Continuation.Capture(Loop, continuation, state, flags);
        if (Loop.IsCurrentThread)
        {
            Register(captured);
            return;
        }

        // Only the loop's thread may touch _continuation. Once the loop has ended everything is completed, so nothing is left to wait for.
        if (!Loop.TryPostLibrary(static request => ((RegisterRequest)request!).Apply(), new RegisterRequest(this, captured)))
            captured.Schedule(Loop);
    }

    private void Register(Continuation continuation)
    {
        if (_continuation.Callback is not null)
            throw Continuation.SecondAwait();
        if (_completed) continuation.Schedule(Loop);
        else _continuation = continuation;
    }

    private sealed record RegisterRequest(LoopOperation<TResult> Operation, Continuation Continuation)
    {
        public void Apply() => Operation.Register(Continuation);
    }

    private void Reset()
    {
        _result = default;
        _error = null;
        _failsAsStream = false;
        _continuation = default;
        _version++;
        IsDeferred = false;
        Volatile.Write(ref _completed, false);
        IsBusy = false;
    }

    private void CheckVersion(short token)
    {
        if (token != _version) throw Continuation.ResultTaken();
    }
}
