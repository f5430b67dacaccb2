using Braid.Items;

namespace Braid.Loops;

/// <summary>The clock of a seeded loop: it stands still until the loop moves it, and never reads the real one.</summary>
internal sealed class VirtualTime : TimeProvider, ISimulatedClock
{
    private static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Not zero: a timestamp of 0 stands for "not measured" in places.
    private const long FirstTimestamp = TimeSpan.TicksPerSecond;

    private long _timestamp = FirstTimestamp;

    /// <summary>Makes this clock's timers: the loop, because they fire there.</summary>
    public TimeProvider? Timers { get; set; }

    public bool IsSimulated => true;

    /// <summary>Since the loop was made.</summary>
    public TimeSpan Elapsed => new(GetTimestamp() - FirstTimestamp);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _timestamp);

    public override DateTimeOffset GetUtcNow() => Elapsed < DateTimeOffset.MaxValue - Start ? Start + Elapsed : DateTimeOffset.MaxValue;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        (Timers ?? throw new InvalidOperationException("The seeded loop has not been made yet.")).CreateTimer(callback, state, dueTime, period);

    /// <summary>The loop's thread only.</summary>
    public void Advance(TimeSpan time) => Volatile.Write(ref _timestamp, checked(_timestamp + time.Ticks));
}
