namespace Braid;

/// <summary>What every executor can be told. Immutable; <c>new()</c> is a useful value.</summary>
public record ExecutorOptions
{
    /// <summary>The executor's name in messages, thread names and timelines; null: the type's name.</summary>
    public string? Name { get; init; }

    /// <summary>Where time comes from: time limits, retry delays, durations, the loop's timers.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where events are recorded; null: no tracing, at the cost of one null check per event.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>Refuses values out of range, with the property's name and the value. The executor's constructor calls it.</summary>
    internal virtual void Validate() => ArgumentNullException.ThrowIfNull(TimeProvider);
}
