namespace Braid.Processes;

/// <summary>Ends workers that have been idle for too long. One timer for all, set for the one that has been idle longest.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly CallQueue _queue;
    private readonly TimeSpan _limit;
    private readonly WatchTimer _timer;

    private IdleWatch(CallQueue queue, TimeSpan limit, TimeProvider timeProvider)
    {
        _queue = queue;
        _limit = limit;
        _timer = new(timeProvider, Look);
    }

    /// <summary>Null if idle workers stay.</summary>
    internal static IdleWatch? For(ProcessOptions options, CallQueue queue) =>
        options.IdleTimeout == Timeout.InfiniteTimeSpan ? null : new(queue, options.IdleTimeout, options.TimeProvider);

    /// <summary>A worker has become idle. A timer that is set is due no later than this one's time is over.</summary>
    internal void Start() => _timer.Set(_limit);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var retired = _queue.RetireIdle(_limit, out var next);
        if (next is { } due) _timer.Set(due);
        foreach (var worker in retired) worker.LeaveIfWorn();
    }
}
