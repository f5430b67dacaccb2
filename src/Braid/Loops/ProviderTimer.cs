namespace Braid.Loops;

/// <summary>A timer of <see cref="LoopTimeProvider"/>: may be changed and disposed from any thread, fires on the loop's.</summary>
/// <remarks>
/// Its callback runs as library code, without a SynchronizationContext: nearly all of them are .NET's own (Task.Delay, PeriodicTimer,
/// CancellationTokenSource), and what they complete can then continue on the spot.
/// </remarks>
internal sealed class ProviderTimer(EventLoop loop, LoopTimers timers, TimerCallback callback, object? state) : ITimer, ILoopTimer
{
    // As System.Threading.Timer does: the callback sees the AsyncLocals of whoever made the timer.
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();
    private volatile bool _disposed;
    private TimeSpan _period;
    private long _deadline;

    public int Number { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        CheckTime(dueTime, nameof(dueTime));
        CheckTime(period, nameof(period));
        if (_disposed) return false;

        // Read the clock here and not on the loop: the way there must not make the timer late.
        long? deadline = dueTime == Timeout.InfiniteTimeSpan ? null : timers.DeadlineAfter(dueTime);
        if (loop.IsCurrentThread)
        {
            Set(deadline, period);
            return true;
        }

        return loop.TryPostLibrary(static change => ((ChangeRequest)change!).Apply(), new ChangeRequest(this, deadline, period));
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (loop.IsCurrentThread) timers.Remove(this);
        else loop.TryPostLibrary(static self => ((ProviderTimer)self!).RemoveSelf(), this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Fire()
    {
        loop.TryEnqueue(new ReadyEntry(ReadyKind.Library, static (object? self) => ((ProviderTimer)self!).Call(), this));
        if (_period <= TimeSpan.Zero) return;

        // After a long pause a periodic timer fires once and not once for each period missed.
        _deadline = Math.Max(timers.After(_deadline, _period), timers.DeadlineAfter(TimeSpan.Zero));
        timers.Add(this, _deadline);
    }

    public void Abandon() { }

    private void RemoveSelf() => timers.Remove(this);

    private void Set(long? deadline, TimeSpan period)
    {
        timers.Remove(this);
        if (_disposed || deadline is not { } due) return;
        _period = period;
        _deadline = due;
        timers.Add(this, due);
    }

    private void Call()
    {
        if (_disposed) return;
        if (_executionContext is null) callback(state);
        else ExecutionContext.Run(_executionContext, static self => ((ProviderTimer)self!).CallHere(), this);
    }

    private void CallHere() => callback(state);

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, time, $"{name} must not be negative, except Timeout.InfiniteTimeSpan.");
    }

    private sealed record ChangeRequest(ProviderTimer Timer, long? Deadline, TimeSpan Period)
    {
        public void Apply() => Timer.Set(Deadline, Period);
    }
}
