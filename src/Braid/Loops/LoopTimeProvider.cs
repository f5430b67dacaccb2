using Braid.Items;

namespace Braid.Loops;

/// <summary>The loop's clock for everybody else: its time is the options' time, its timers are the loop's and fire on the loop's thread.</summary>
internal sealed class LoopTimeProvider(EventLoop loop, LoopTimers timers, TimeProvider clock) : TimeProvider, ISimulatedClock
{
    public bool IsSimulated => clock is VirtualTime;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ProviderTimer(loop, timers, callback, state);
        if (!timer.Change(dueTime, period))
            throw new ObjectDisposedException(nameof(EventLoop), "The event loop has ended, so a timer of its TimeProvider would never fire.");
        return timer;
    }
}
