namespace Braid.Tracing;

/// <summary>How a span ended. The numbers are what the page's data holds; report.data.js names them again.</summary>
internal enum SpanStatus
{
    Succeeded = 0,
    Failed = 1,
    Cancelled = 2,

    /// <summary>No end was recorded: it was still going on when the events were read.</summary>
    Unfinished = 3,

    /// <summary>It began a second time before it had ended: its worker was lost.</summary>
    Repeated = 4,
}

/// <summary>One item on one lane: a bar on the timeline. An item that is tried twice has two.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Name">The work's name.</param>
/// <param name="Lane">The worker's row; <see cref="NeverStarted"/> when no worker took it, and then it spans its wait.</param>
/// <param name="Start">When it began; for an item that never started, when it was queued.</param>
/// <param name="End">When it ended.</param>
/// <param name="Status">How it ended.</param>
internal readonly record struct ItemSpan(long ItemId, string Name, int Lane, TimeSpan Start, TimeSpan End, SpanStatus Status)
{
    internal const int NeverStarted = -1;

    /// <summary>When it was given to the executor; null when that was not recorded.</summary>
    public TimeSpan? Queued { get; init; }

    /// <summary>Its argument, shortened by who recorded it.</summary>
    public string? Argument { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }

    internal TimeSpan Length => End - Start;
}
