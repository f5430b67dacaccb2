namespace Braid.Processes;

/// <summary>Looks at the memory of all workers of an executor from time to time, as long as there are any.</summary>
internal sealed class MemoryWatch : IDisposable
{
    // Not measured yet: short enough to stop most workers before they fill the machine, long enough that one small file per worker is nothing.
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CallQueue _queue;
    private readonly ITimer _timer;

    // Guards _isArmed and _isDisposed, so that a worker that comes while the last one goes is not overlooked.
    private readonly Lock _gate = new();
    private bool _isArmed;
    private bool _isDisposed;

    private MemoryWatch(CallQueue queue, TimeProvider timeProvider)
    {
        _queue = queue;
        _timer = timeProvider.CreateTimer(static watch => ((MemoryWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null if the options set no limit.</summary>
    internal static MemoryWatch? For(ProcessOptions options, CallQueue queue) =>
        options.MemoryLimit is null && options.RecycleOnGrowth is null ? null : new(queue, options.TimeProvider);

    /// <summary>There is a worker to look at.</summary>
    internal void Start()
    {
        lock (_gate)
        {
            if (!_isArmed) Arm();
        }
    }

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _timer.Dispose();
    }

    private void Look()
    {
        var workers = _queue.Workers();
        foreach (var worker in workers) worker.CheckMemory();
        lock (_gate)
        {
            _isArmed = false;
            if (workers.Count > 0) Arm();
        }
    }

    // Once and again rather than periodically: looking must not overtake itself on a busy machine.
    private void Arm()
    {
        if (_isDisposed) return;
        _isArmed = true;
        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }
}
