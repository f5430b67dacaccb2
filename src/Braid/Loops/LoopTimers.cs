namespace Braid.Loops;

/// <summary>A loop's timers on a loop's clock: when the next one is due, and what is due now. The loop's thread only.</summary>
internal sealed class LoopTimers(EventLoop loop, TimeProvider clock)
{
    /// <summary>The deadline of a timer that is only there to be ended, with the loop or by its token.</summary>
    public const long Never = long.MaxValue;

    // Sleeps kept for reuse. More than this many at once are rare, and the garbage collector takes the rest.
    private const int PoolSize = 1024;

    // Below this no sum can overflow for centuries of uptime.
    private static readonly TimeSpan LongDelay = TimeSpan.FromDays(365);

    private readonly TimerHeap _heap = new();
    private readonly Stack<SleepOperation> _pool = new();

    // Timestamps per TimeSpan tick where that is a whole number, as it is on Linux and Windows; else 0, and the sums take 128 bits.
    private readonly long _unitsPerTick = clock.TimestampFrequency % TimeSpan.TicksPerSecond == 0 ? clock.TimestampFrequency / TimeSpan.TicksPerSecond : 0;
    private bool _closed;

    public int Count => _heap.Count;

    /// <summary>The earliest deadline; <see cref="Never"/> if there is none.</summary>
    public long NextDeadline => _heap.Count == 0 ? Never : _heap.NextDeadline;

    /// <summary>The sleeps, for people who ask what a loop waits for.</summary>
    public IEnumerable<ILoopWait> Waits() => _heap.Timers.OfType<ILoopWait>();

    public ValueTask SleepAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var sleep = _pool.TryPop(out var pooled) ? pooled : new SleepOperation(loop, this);
        return sleep.Start(delay, cancellationToken);
    }

    public void Recycle(SleepOperation sleep)
    {
        if (_pool.Count < PoolSize) _pool.Push(sleep);
    }

    /// <summary>The timestamp at which <paramref name="delay"/> will surely have passed: rounded up, because a timer must not fire early.</summary>
    public long DeadlineAfter(TimeSpan delay) => After(clock.GetTimestamp(), delay);

    public long After(long timestamp, TimeSpan delay)
    {
        if (_unitsPerTick > 0 && delay < LongDelay) return timestamp + delay.Ticks * _unitsPerTick;
        var deadline = timestamp + ((Int128)delay.Ticks * clock.TimestampFrequency + (TimeSpan.TicksPerSecond - 1)) / TimeSpan.TicksPerSecond;
        return (long)Int128.Min(deadline, Never - 1);
    }

    /// <summary>The time from now until the deadline, rounded up; zero if it has passed; infinite for <see cref="Never"/>.</summary>
    public TimeSpan Until(long deadline)
    {
        if (deadline == Never) return Timeout.InfiniteTimeSpan;
        var now = clock.GetTimestamp();
        if (deadline <= now) return TimeSpan.Zero;
        if (_unitsPerTick > 0) return new TimeSpan((deadline - now + _unitsPerTick - 1) / _unitsPerTick);
        var left = (Int128)deadline - now;
        var ticks = (left * TimeSpan.TicksPerSecond + (clock.TimestampFrequency - 1)) / clock.TimestampFrequency;
        return new TimeSpan((long)Int128.Min(ticks, TimeSpan.MaxValue.Ticks));
    }

    public void Add(ILoopTimer timer, long deadline)
    {
        if (_closed) timer.Abandon();
        else _heap.Add(timer, deadline);
    }

    public void Remove(ILoopTimer timer) => _heap.Remove(timer);

    /// <summary>Fires what is due at <paramref name="now"/>: puts its callbacks on the ready queue.</summary>
    public void FireDue(long now)
    {
        // Only those that were there: a periodic timer whose period is shorter than a turn must not keep the loop here.
        for (var left = _heap.Count; left > 0 && _heap.Count > 0 && _heap.NextDeadline <= now; left--) _heap.RemoveFirst().Fire();
    }

    /// <summary>Ends every timer, and from now on each new one at once.</summary>
    public void Close()
    {
        _closed = true;
        while (_heap.Count > 0) _heap.RemoveFirst().Abandon();
    }
}
