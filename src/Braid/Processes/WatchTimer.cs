namespace Braid.Processes;

/// <summary>When a watch looks next. It is set while there is something to look at, and unset before the watch looks.</summary>
/// <remarks>
/// Once and again rather than periodically: an idle program sleeps. Unset before and not after, so that what comes while the watch looks, and
/// may be overlooked, sets it anew.
/// </remarks>
internal sealed class WatchTimer : IDisposable
{
    private readonly Action _look;
    private readonly ITimer _timer;

    // Guards changes of _isSet and _isDisposed.
    private readonly Lock _gate = new();
    private volatile bool _isSet;
    private bool _isDisposed;

    internal WatchTimer(TimeProvider timeProvider, Action look)
    {
        _look = look;
        _timer = timeProvider.CreateTimer(static timer => ((WatchTimer)timer!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nothing if it is set already, whatever for, or disposed. One look at a flag then: it is called for every item.</summary>
    internal void Set(TimeSpan due)
    {
        if (_isSet) return;
        lock (_gate)
        {
            if (_isSet || _isDisposed) return;
            _isSet = true;
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _timer.Dispose();
    }

    private void Ring()
    {
        lock (_gate) _isSet = false;
        _look();
    }
}
