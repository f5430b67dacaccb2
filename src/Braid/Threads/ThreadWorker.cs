namespace Braid.Threads;

/// <summary>One dedicated thread: takes an item, runs it to its end, takes the next.</summary>
internal sealed class ThreadWorker
{
    private readonly Thread _thread;
    private readonly ThreadSynchronizationContext _context;
    private readonly SemaphoreSlim _wakeUp = new(0);
    private readonly Action _ending;
    private WorkItem? _item;
    private volatile bool _isComing;

    internal ThreadWorker(WorkQueue queue, int lane, bool isExtra)
    {
        Queue = queue;
        Lane = lane;
        IsExtra = isExtra;
        Name = $"{queue.Executor.Name} {lane}";
        _context = new ThreadSynchronizationContext(this);

        // Only if the item ends here: whoever ends it from elsewhere, a limit or a cancellation, may say so when this thread has long gone to sleep.
        _ending = () =>
        {
            if (Thread.CurrentThread == _thread) _isComing = true;
        };
        _thread = new Thread(Run) { IsBackground = true, Name = Name };
    }

    internal WorkQueue Queue { get; }

    internal string Name { get; }

    internal int Lane { get; }

    /// <summary>Started beyond the executor's threads, for items that parked work waits for; takes no others.</summary>
    internal bool IsExtra { get; }

    /// <summary>Whether the queue counts this worker's place as free for others. Guarded by the queue's lock.</summary>
    internal bool CountsAsParked { get; set; }

    internal bool IsWrittenOff { get; private set; }

    /// <inheritdoc cref="ThreadSynchronizationContext.IsParked"/>
    internal bool IsParked => _context.IsParked;

    /// <inheritdoc cref="ThreadSynchronizationContext.IsBlocked"/>
    internal bool IsBlocked => _context.IsBlocked;

    /// <summary>
    /// True from the end of an item until it has taken the next or sleeps: it will look at the queue by itself. Cleared for sleep only under the
    /// queue's lock.
    /// </summary>
    internal bool IsComing
    {
        get => _isComing;
        set => _isComing = value;
    }

    /// <summary>What it runs now.</summary>
    internal WorkItem? Item => Volatile.Read(ref _item);

    // UnsafeStart: the thread outlives the item that made it necessary and must not carry that caller's context.
    internal void Start() => _thread.UnsafeStart();

    internal void Sleep() => _wakeUp.Wait();

    internal void Wake() => _wakeUp.Release();

    private void Run()
    {
        var executor = Queue.Executor;
        executor.Timeline?.Record(0, Name, TracePhase.WorkerStarted, executor.Name, Lane);
        while (!IsWrittenOff && Queue.TryTake(this, out var item))
        {
            if (!item.IsFinished) RunItem(item);
        }

        if (IsWrittenOff) Queue.FreeLane(Lane);
        _wakeUp.Dispose();
        _context.Dispose();
    }

    private void RunItem(WorkItem item)
    {
        Queue.GlobalLock?.Enter();
        Volatile.Write(ref _item, item);
        item.Ending = _ending;
        if (item.HasLimit) item.WhenAbandoned(WriteOff);
        item.MarkStarted(Lane);
        if (item.IsAsync) RunAsynchronously(item);
        else RunSynchronously(item);
        Volatile.Write(ref _item, null);
        Queue.GlobalLock?.ExitIfHeld();
    }

    private void RunSynchronously(WorkItem item)
    {
        SynchronizationContext.SetSynchronizationContext(_context); // For its Wait; what is posted to it goes to the .NET pool.
        _ = item.ExecuteAsync();
        SynchronizationContext.SetSynchronizationContext(null);
    }

    private void RunAsynchronously(WorkItem item)
    {
        _context.BeginTaking();
        SynchronizationContext.SetSynchronizationContext(_context);
        var done = item.ExecuteAsync();
        SynchronizationContext.SetSynchronizationContext(null);
        if (!done.IsCompleted) _context.RunUntil(done.AsTask());
        _context.EndTaking();
    }

    private void WriteOff(WorkItem item)
    {
        // The thread may have come to the next item between the limit and here; then it is as good as new.
        if (!ReferenceEquals(Item, item)) return;
        IsWrittenOff = true;
        Queue.WriteOff(this);
    }
}
