using System.Buffers;
using Braid.Items;
using Braid.Wire;

namespace Braid;

/// <summary>
/// One call of some work with one argument, type-erased so that engines are not generic. An item finishes exactly once, and only here:
/// engines start it (<see cref="MarkStarted(int)"/>) and then run it (<see cref="ExecuteAsync"/>) or bring its end from elsewhere
/// (<see cref="Complete(in ReadOnlySequence{byte})"/>, <see cref="Fail(Exception)"/>).
/// </summary>
/// <remarks>
/// Thread-safe: whoever is first to finish the item wins, and the others do nothing. There is one per item, so it holds little; what few items
/// have (a time limit, children, attempts) is an object of its own.
/// </remarks>
public abstract class WorkItem
{
    // The states only go up; a cancelled item goes from Waiting straight to Finished and no worker begins it.
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Finished = 2;

    private static readonly AsyncLocal<WorkItem?> AsyncCurrent = new();
    private static long _lastId;

    [ThreadStatic]
    private static WorkItem? _current;

    private readonly ItemLimit? _limit;
    private readonly bool _isMeasured;
    private ItemChildren? _children;
    private int _state;
    private long _startedAt;
    private long _id;

    private protected WorkItem(TimeSpan timeout, RelativeLimit? relative, bool isMeasured, CancellationToken cancellationToken)
    {
        _isMeasured = isMeasured;
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan || relative is not null)
        {
            _limit = new ItemLimit(this, timeout, relative, cancellationToken);
            cancellationToken = _limit.Token;
        }

        CancellationToken = cancellationToken;
        Flow = System.Threading.ExecutionContext.Capture();
    }

    /// <summary>A number of its own in this process, from 1.</summary>
    public long Id => _id != 0 ? _id : AssignId();

    /// <summary>The work's name.</summary>
    public abstract string Name { get; }

    /// <summary>Cancelled when the caller gives up, a sibling failed, or the item's time is over.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>
    /// Time limit from when a worker begins it; infinite for none. An engine that cannot enforce it refuses the item. One that is relative to
    /// other items (<see cref="MapOptions.ItemTimeoutFactor"/>) is <see cref="TimeSpan.MaxValue"/> until it is known.
    /// </summary>
    public TimeSpan Timeout => _limit?.Timeout ?? System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>True when the item has its result, or the reason why there is none. An engine need not start it any more.</summary>
    public bool IsFinished => Volatile.Read(ref _state) == Finished;

    /// <summary>The item that the code running here belongs to, if any.</summary>
    internal static WorkItem? Current => _current ?? AsyncCurrent.Value;

    internal abstract Executor Executor { get; }

    /// <summary>Its place in the source of its map, from 0; null: it was run by itself.</summary>
    internal virtual long? SourceIndex => null;

    /// <summary>The item whose work gave this one to the same executor, as long as this one has not finished.</summary>
    internal WorkItem? Parent { get; private set; }

    /// <summary>The items that this one's work has given to the same executor; null: none.</summary>
    internal ItemChildren? Children => Volatile.Read(ref _children);

    /// <summary>True if the item has a time limit, and so may have to be written off.</summary>
    internal bool HasLimit => _limit is not null;

    /// <summary>Called just before whoever waits for the item hears of its end: the worker that ran it is about to be free.</summary>
    internal Action? Ending { get; set; }

    /// <summary>The function's identity for another process.</summary>
    internal abstract FunctionId Function { get; }

    /// <summary>True when the work returns something to await.</summary>
    internal abstract bool IsAsync { get; }

    /// <summary>The argument, for people; shortened.</summary>
    internal abstract string ArgumentText { get; }

    /// <summary>The row of the worker that began it; -1: none has.</summary>
    internal int Lane { get; private set; } = -1;

    /// <summary>The context of the code that made the item.</summary>
    internal ExecutionContext? Flow { get; }

    private protected bool IsTimedOut => _limit?.IsOver ?? false;

    /// <summary>From when a worker took the item to its end; zero if nobody measures. Read when it has finished.</summary>
    private protected TimeSpan Duration { get; private set; }

    /// <summary>A worker took the item. A finished item stays as it is; one whose token is cancelled ends here.</summary>
    /// <param name="lane">The worker's row on the timeline, from 0.</param>
    public void MarkStarted(int lane) => MarkStarted(lane, 0);

    /// <inheritdoc cref="MarkStarted(int)"/>
    /// <param name="lane">The worker's row on the timeline, from 0.</param>
    /// <param name="at">When, as a timestamp of the executor's clock; 0: now.</param>
    internal void MarkStarted(int lane, long at)
    {
        if (CancellationToken.IsCancellationRequested)
        {
            CancelIfWaiting();
            return;
        }

        if (Interlocked.CompareExchange(ref _state, Started, Waiting) != Waiting) return;
        Lane = lane;
        Parent?.Children!.OnBegun();
        if (_isMeasured) _startedAt = at == 0 ? Executor.TimeProvider.GetTimestamp() : at;
        Executor.Timeline?.Record(Id, Name, TracePhase.Started, Executor.Name, lane, at: at);
        _limit?.Start(Executor.TimeProvider, at);
    }

    /// <summary>Runs the work here and finishes the item; for engines in this process. Never throws. Does nothing if the item has finished.</summary>
    public abstract ValueTask ExecuteAsync();

    /// <summary>Writes the function's identity and the argument, for engines elsewhere.</summary>
    /// <exception cref="WorkNotPortableException">The work cannot leave this process.</exception>
    public abstract void WriteCall(IBufferWriter<byte> output);

    /// <summary>Finishes the item with a result that was encoded elsewhere. A result that cannot be decoded fails the item.</summary>
    public abstract void Complete(in ReadOnlySequence<byte> result);

    /// <inheritdoc cref="Complete(in ReadOnlySequence{byte})"/>
    /// <param name="result">The result.</param>
    /// <param name="at">When the item ended, as a timestamp of the executor's clock; 0: now.</param>
    internal abstract void Complete(ReadOnlySpan<byte> result, long at);

    /// <summary>Finishes the item without a result. If its time was over, or it was cancelled, that is the reason kept.</summary>
    public abstract void Fail(Exception exception);

    /// <inheritdoc cref="Fail(Exception)"/>
    /// <param name="exception">Why there is none.</param>
    /// <param name="at">When the item ended, as a timestamp of the executor's clock; 0: now.</param>
    internal abstract void Fail(Exception exception, long at);

    /// <summary>Writes the argument alone, for engines that send a function's identity once.</summary>
    internal abstract void WriteArgument(IBufferWriter<byte> output);

    /// <summary>A number for an item, or for something that is told of beside items.</summary>
    internal static long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>The item is about to be given to its executor.</summary>
    internal void MarkQueued() => MarkQueued(Current);

    /// <summary>The same for a further attempt, which is made where no work runs.</summary>
    internal void MarkQueued(WorkItem? maker)
    {
        if (maker is { IsFinished: false } parent && parent.Executor == Executor)
        {
            Parent = parent;
            parent.ChildrenOrNew().OnGiven(Name);
        }

        if (Executor.Timeline is { } timeline) timeline.Record(Id, Name, TracePhase.Queued, Executor.Name, -1, ArgumentText);
    }

    /// <summary>In this process: what to do when the item ends by its time limit while its work still runs; its worker cannot be used.</summary>
    internal void WhenAbandoned(Action<WorkItem> abandon)
    {
        if (_limit is not null) _limit.Abandoned = abandon;
    }

    /// <summary>Ends the item as cancelled if no worker has begun it. True if that is what happened.</summary>
    internal bool CancelIfWaiting()
    {
        if (Interlocked.CompareExchange(ref _state, Finished, Waiting) != Waiting) return false;
        Parent?.Children!.OnBegun();
        Finish(TracePhase.Cancelled);
        FinishCancelled();
        return true;
    }

    /// <summary>The time limit has passed: asks the work to stop, and in this process ends the item without waiting for it.</summary>
    internal void ExpireLimit()
    {
        if (IsFinished) return;
        _limit!.Cancel();

        // Fail wins against a result that comes later; only then is the worker the engine's concern.
        if (_limit.Abandoned is { } abandon && TryFail(new OperationCanceledException(CancellationToken))) abandon(this);
    }

    private protected abstract void FinishCancelled();

    private protected abstract bool TryFail(Exception exception, long at = 0);

    /// <summary>Claims the end of the item for the caller, who must then say how it ended.</summary>
    private protected bool TryClaimFinish()
    {
        int before = Interlocked.Exchange(ref _state, Finished);
        if (before == Waiting) Parent?.Children!.OnBegun();
        return before != Finished;
    }

    /// <summary>What every end has in common: the clock stops, the limit is lifted, the timeline and the worker hear of it.</summary>
    private protected void Finish(TracePhase phase, string? detail = null, long at = 0)
    {
        if (_startedAt != 0) Duration = Executor.TimeProvider.GetElapsedTime(_startedAt, at == 0 ? Executor.TimeProvider.GetTimestamp() : at);
        _limit?.End(hasResult: phase == TracePhase.Succeeded, at);
        if (Parent is { } parent)
        {
            parent.Children!.OnFinished();
            Parent = null; // Or a long chain of items that start each other would keep the first one alive.
        }

        Executor.Timeline?.Record(Id, Name, phase, Executor.Name, Lane, detail, at);
        Ending?.Invoke();
    }

    /// <summary>True if a worker has begun the item and it has not finished, so that its work may run now.</summary>
    private protected bool MayExecute() => Volatile.Read(ref _state) == Started;

    /// <summary>Makes the item the current one of this thread until <see cref="Leave"/>. For work that does not await: no cost in the context.</summary>
    private protected WorkItem? Enter()
    {
        var outer = _current;
        _current = this;
        return outer;
    }

    private protected static void Leave(WorkItem? outer) => _current = outer;

    /// <summary>Makes the item the current one for this work and what it awaits. The caller restores the context.</summary>
    private protected void EnterAsync()
    {
        _current = null;
        AsyncCurrent.Value = this;
    }

    private protected ItemTimeoutException TimeoutError() => _limit!.ToException($"Work '{Name}' ({ArgumentText})", Executor.Name);

    // Only when somebody asks: a timeline, another process. The first to ask decides.
    private long AssignId()
    {
        Interlocked.CompareExchange(ref _id, NextId(), 0);
        return _id;
    }

    private ItemChildren ChildrenOrNew()
    {
        if (Children is { } known) return known;
        var made = new ItemChildren();
        return Interlocked.CompareExchange(ref _children, made, null) ?? made;
    }
}
