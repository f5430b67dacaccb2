namespace Braid.Processes;

/// <summary>Ends workers that have been idle for too long. One timer for all, set for the one that has been idle longest.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly CallQueue _queue;
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;

    // Guards _isArmed and _isDisposed.
    private readonly Lock _gate = new();
    private bool _isArmed;
    private bool _isDisposed;

    private IdleWatch(CallQueue queue, TimeSpan limit, TimeProvider timeProvider)
    {
        _queue = queue;
        _limit = limit;
        _timer = timeProvider.CreateTimer(static watch => ((IdleWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null if idle workers stay.</summary>
    internal static IdleWatch? For(ProcessOptions options, CallQueue queue) =>
        options.IdleTimeout == Timeout.InfiniteTimeSpan ? null : new(queue, options.IdleTimeout, options.TimeProvider);

    /// <summary>A worker has become idle. A timer that is set is due no later than this one's time is over.</summary>
    internal void Start() => Arm(_limit);

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _timer.Dispose();
    }

    private void Look()
    {
        lock (_gate) _isArmed = false;
        var retired = _queue.RetireIdle(_limit, out var next);
        if (next is { } due) Arm(due);
        foreach (var worker in retired) worker.LeaveIfWorn();
    }

    private void Arm(TimeSpan due)
    {
        lock (_gate)
        {
            if (_isArmed || _isDisposed) return;
            _isArmed = true;
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }
}
