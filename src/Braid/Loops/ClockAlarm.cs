namespace Braid.Loops;

/// <summary>Wakes the loop at a time of a clock that the poller knows nothing of: a test's, or any other TimeProvider than the system's.</summary>
internal sealed class ClockAlarm : IDisposable
{
    // Clocks have limits too: the system's timers take 49 days. Waking before the time does no harm.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(30);

    private readonly LoopTimers _timers;
    private readonly ITimer _timer;
    private long _deadline; // the loop's thread only
    private volatile bool _armed;

    public ClockAlarm(IncomingQueue incoming, LoopTimers timers, TimeProvider clock)
    {
        _timers = timers;
        _timer = clock.CreateTimer(_ => Ring(incoming), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Arms the alarm. False: the deadline has passed already, so do not sleep.</summary>
    public bool Arm(long deadline)
    {
        if (!_armed || _deadline != deadline)
        {
            _deadline = deadline;
            _armed = true;
            var left = _timers.Until(deadline);
            _timer.Change(left < LongestSleep ? left : LongestSleep, Timeout.InfiniteTimeSpan);
        }

        // Asked again after arming: the clock may have been moved between the two readings, and then the timer is set too late.
        if (_timers.Until(deadline) > TimeSpan.Zero) return true;
        _armed = false;
        return false;
    }

    public void Dispose() => _timer.Dispose();

    // A callback that does nothing is the whole message: it ends the sleep, and the loop looks at the clock itself.
    private void Ring(IncomingQueue incoming)
    {
        _armed = false;
        incoming.TryAdd(new ReadyEntry(ReadyKind.Library, static (object? _) => { }, null));
    }
}
