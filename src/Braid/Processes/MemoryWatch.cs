namespace Braid.Processes;

/// <summary>Looks at the memory of all workers of an executor from time to time, as long as there are any.</summary>
internal sealed class MemoryWatch : IDisposable
{
    // Not measured yet: short enough to stop most workers before they fill the machine, long enough that one small file per worker is nothing.
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CallQueue _queue;
    private readonly WatchTimer _timer;

    private MemoryWatch(CallQueue queue, TimeProvider timeProvider)
    {
        _queue = queue;
        _timer = new(timeProvider, Look);
    }

    /// <summary>Null if the options set no limit.</summary>
    internal static MemoryWatch? For(ProcessOptions options, CallQueue queue) =>
        options.MemoryLimit is null && options.RecycleOnGrowth is null ? null : new(queue, options.TimeProvider);

    /// <summary>There is a worker to look at.</summary>
    internal void Start() => _timer.Set(Interval);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var workers = _queue.Workers();
        foreach (var worker in workers) worker.CheckMemory();

        // Not before it has looked: the next look must not overtake this one on a busy machine.
        if (workers.Count > 0) _timer.Set(Interval);
    }
}
