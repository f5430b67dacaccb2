namespace Braid.Loops;

/// <summary>One loop of a <see cref="LoopExecutor"/> and its thread: begins items and reports when they have ended.</summary>
internal sealed class LoopWorker
{
    private readonly LoopExecutor _executor;
    private readonly EventLoop _loop;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the start of the thread.
    private readonly Lock _gate = new();
    private bool _isStarted;

    internal LoopWorker(LoopExecutor executor, int lane, LoopOptions options)
    {
        _executor = executor;
        Lane = lane;
        Name = $"{executor.Name} {lane}";
        _loop = new EventLoop(options, executor.Name, lane) { WhyWaitNeverEnds = DescribeBlockedLoop };
        _loop.Context.WatchWaits();
    }

    internal string Name { get; }

    internal int Lane { get; }

    internal LiveTasks Tasks => _loop.LiveTasks;

    /// <summary>Items that have begun here and not ended. Guarded by the executor's lock.</summary>
    internal int InProgress { get; set; }

    /// <summary>Begins the item on the loop. From any thread.</summary>
    internal void Begin(WorkItem item)
    {
        EnsureStarted();
        _loop.Post(static state => ((LoopPlace)state!).Run(), new LoopPlace(this, item));
    }

    /// <summary>Ends the loop once nothing is ready. Called when no item is left.</summary>
    internal Task StopAsync()
    {
        lock (_gate)
        {
            if (!_isStarted)
            {
                _isStarted = true;
                _loop.Discard();
                _ended.TrySetResult();
            }
        }

        _loop.Stop();
        return _ended.Task;
    }

    internal void FreePlace() => _executor.FreePlace(this);

    /// <summary>The item's time is over and its code holds the loop: nothing else on it can go on.</summary>
    internal void ReportBlocked(WorkItem item) => _executor.Timeline?.Record(
        item.Id, item.Name, TracePhase.SlowCallback, _executor.Name, Lane, "its time is over and it still holds the loop");

    private void EnsureStarted()
    {
        if (Volatile.Read(ref _isStarted)) return;
        lock (_gate)
        {
            if (_isStarted) return;

            // UnsafeStart: the loop outlives the item that made it necessary and must not carry that caller's context.
            new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();
            Volatile.Write(ref _isStarted, true);
        }
    }

    private void Run()
    {
        _executor.Timeline?.Record(0, Name, TracePhase.WorkerStarted, _executor.Name, Lane);
        _loop.RunUntilStopped();
        _ended.SetResult();
    }

    private string? DescribeBlockedLoop() => WorkItem.Current is { Children: { Unfinished: > 0 } children } item && item.Executor == _executor
        ? $"Work '{item.Name}' blocks the loop of '{_executor.Name}' while {children.Unfinished} item(s) that it gave to the same executor, among them '{children.LastName}', need the loop to go on. Await it instead of blocking, or run it on another executor."
        : null;
}
