namespace Braid.Loops;

/// <summary>A loop's timers on a loop's clock: when the next one is due, and what is due now. The loop's thread only.</summary>
internal sealed class LoopTimers
{
    /// <summary>The deadline of a timer that is only there to be ended, with the loop or by its token.</summary>
    public const long Never = long.MaxValue;

    /// <summary>What who sleeps is told when the loop ends.</summary>
    public const string EndedMessage = "The event loop ended before the time had passed.";

    // Sleeps with a token, kept for reuse. More than this many at once are rare, and the garbage collector takes the rest.
    private const int PoolSize = 1024;

    // When a great many are due at once, sockets and other threads get their turns in between; and what a callback touches is still in the cache.
    private const int MostPerTurn = 1024;

    // Fewer removed timers than this are not worth a sweep.
    private const int FewRemoved = 32;

    // Below this no sum can overflow for centuries of uptime.
    private static readonly TimeSpan LongDelay = TimeSpan.FromDays(365);

    private readonly EventLoop _loop;
    private readonly TimeProvider _clock;
    private readonly TimerTable _table;
    private readonly TimerWheel _wheel;
    private readonly Stack<SleepOperation> _pool = new();

    // Timestamps per TimeSpan tick where that is a whole number, as it is on Linux and Windows; else 0, and the sums take 128 bits.
    private readonly long _unitsPerTick;
    private bool _closed;

    public LoopTimers(EventLoop loop, TimeProvider clock)
    {
        _loop = loop;
        _clock = clock;
        _unitsPerTick = clock.TimestampFrequency % TimeSpan.TicksPerSecond == 0 ? clock.TimestampFrequency / TimeSpan.TicksPerSecond : 0;
        _table = new TimerTable(loop);
        _wheel = new TimerWheel(_table, clock.GetTimestamp(), clock.TimestampFrequency);
    }

    /// <summary>Timers that are set.</summary>
    public int Count { get; private set; }

    /// <summary>Timers that are set or known all the same: removed, or over and not awaited.</summary>
    public int NumbersInUse => _table.TakenCount;

    public int PageCount => _table.PageCount;

    /// <summary>When to look for timers that are due; <see cref="Never"/> if none is set.</summary>
    /// <remarks>
    /// On the system's clock it may be the time of a timer that was removed: looking once too often costs less than knowing. Other clocks may jump to
    /// where this says, so it is exact for them.
    /// </remarks>
    public long NextDeadline => Count == 0 ? Never : _clock == TimeProvider.System ? _wheel.EarliestBound : _wheel.FindExact();

    /// <summary>The sleeps, for people who ask what a loop waits for.</summary>
    public IEnumerable<ILoopWait> Waits() => _table.Taken.Select(WaitOf).OfType<ILoopWait>();

    public ValueTask SleepAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled) return SleepUntilCancelledAsync(delay, cancellationToken);
        if (_closed) return ValueTask.FromException(new OperationCanceledException(EndedMessage));
        var number = _table.Take();
        Count++;
        _wheel.Add(number, SleepDeadline(delay));
        return _table.PageOf(number).BeginSleep(number);
    }

    /// <summary>The deadline of a sleep that begins now.</summary>
    public long SleepDeadline(TimeSpan delay) => delay == Timeout.InfiniteTimeSpan ? Never : DeadlineAfter(delay);

    public void Recycle(SleepOperation sleep)
    {
        if (_pool.Count < PoolSize) _pool.Push(sleep);
    }

    /// <summary>The timestamp at which <paramref name="delay"/> will surely have passed: rounded up, because a timer must not fire early.</summary>
    public long DeadlineAfter(TimeSpan delay) => After(_clock.GetTimestamp(), delay);

    public long After(long timestamp, TimeSpan delay)
    {
        if (_unitsPerTick > 0 && delay < LongDelay) return timestamp + delay.Ticks * _unitsPerTick;
        var deadline = timestamp + ((Int128)delay.Ticks * _clock.TimestampFrequency + (TimeSpan.TicksPerSecond - 1)) / TimeSpan.TicksPerSecond;
        return (long)Int128.Min(deadline, Never - 1);
    }

    /// <summary>The time from now until the deadline, rounded up; zero if it has passed; infinite for <see cref="Never"/>.</summary>
    public TimeSpan Until(long deadline)
    {
        if (deadline == Never) return Timeout.InfiniteTimeSpan;
        var now = _clock.GetTimestamp();
        if (deadline <= now) return TimeSpan.Zero;
        if (_unitsPerTick > 0) return new TimeSpan((deadline - now + _unitsPerTick - 1) / _unitsPerTick);
        var left = (Int128)deadline - now;
        var ticks = (left * TimeSpan.TicksPerSecond + (_clock.TimestampFrequency - 1)) / _clock.TimestampFrequency;
        return new TimeSpan((long)Int128.Min(ticks, TimeSpan.MaxValue.Ticks));
    }

    public void Add(ILoopTimer timer, long deadline)
    {
        if (_closed)
        {
            timer.Abandon();
            return;
        }

        var number = timer.Number = _table.Take();
        ref var entry = ref _table[number];
        entry.Target = timer;
        entry.State = TimerState.Timer;
        Count++;
        _wheel.Add(number, deadline);
    }

    /// <summary>Takes a timer out; nothing happens if it is not set. O(1) on average: when more were removed than are set, all of those are swept out.</summary>
    public void Remove(ILoopTimer timer)
    {
        if (timer.Number == 0) return;
        _table.Remove(timer.Number);
        timer.Number = 0;
        Count--;
        if (_table.RemovedCount > Math.Max(Count, FewRemoved)) _wheel.Sweep();
    }

    /// <summary>Fires what is due at <paramref name="now"/>: puts its callbacks on the ready queue. What is more than a turn's share follows in the next.</summary>
    public void FireDue(long now)
    {
        // Only those that were there: a periodic timer whose period is shorter than a turn must not keep the loop here.
        for (var left = Math.Min(Count, MostPerTurn); left > 0 && _wheel.TakeDue(now) is var number and not 0; left--) End(number, TimerState.Over);
    }

    /// <summary>Ends every timer, and from now on each new one at once.</summary>
    public void Close()
    {
        _closed = true;
        while (_wheel.TakeDue(Never) is var number and not 0) End(number, TimerState.Abandoned);
    }

    private ValueTask SleepUntilCancelledAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var sleep = _pool.TryPop(out var pooled) ? pooled : new SleepOperation(_loop, this);
        return sleep.Start(delay, cancellationToken);
    }

    private void End(int number, TimerState state)
    {
        Count--;
        var page = _table.PageOf(number);
        if (page[number].State == TimerState.Asleep)
        {
            page.EndSleep(number, state);
            return;
        }

        var timer = (ILoopTimer)page[number].Target!;
        _table.Free(number);
        timer.Number = 0;
        if (state == TimerState.Over) timer.Fire();
        else timer.Abandon();
    }

    private ILoopWait? WaitOf(int number)
    {
        var entry = _table[number];
        return entry.State == TimerState.Asleep ? new SleepWait(entry.Callback, entry.Target) : entry.Target as ILoopWait;
    }

    private sealed record SleepWait(Action<object?>? Callback, object? State) : ILoopWait
    {
        public bool IsPending => true;

        public string What => SleepOperation.Word;

        public object? AsyncMethod => CallbackName.AsyncMethodOf(Callback, State);

        public bool IsAwaited => Callback is not null;
    }
}
