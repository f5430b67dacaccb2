namespace Braid;

/// <summary>What happened to an item or a worker.</summary>
public enum TracePhase
{
    /// <summary>The item was given to the executor. <see cref="TraceEvent.Detail"/> is its argument, shortened.</summary>
    Queued,

    /// <summary>A worker began it.</summary>
    Started,

    /// <summary>It ended with a result.</summary>
    Succeeded,

    /// <summary>It ended with an exception. <see cref="TraceEvent.Detail"/> says which.</summary>
    Failed,

    /// <summary>It ended because it was cancelled.</summary>
    Cancelled,

    /// <summary>A worker is ready for its first item.</summary>
    WorkerStarted,

    /// <summary>A worker is gone. <see cref="TraceEvent.Detail"/> says why.</summary>
    WorkerLost,

    /// <summary>
    /// A callback holds a loop for longer than <see cref="LoopOptions.SlowCallback"/>; told while it does. <see cref="TraceEvent.Name"/> is the
    /// item's work or the async method, <see cref="TraceEvent.Detail"/> how long so far and the stack of the loop's thread.
    /// </summary>
    SlowCallback,

    /// <summary>
    /// Encoding and decoding the arguments and results of a work takes longer than the work, in worker processes; once per work and executor.
    /// <see cref="TraceEvent.Detail"/> says how much and what to do.
    /// </summary>
    CostlyEncoding,

    /// <summary>
    /// An async method began on a loop and goes on on another thread; looked for with <see cref="LoopOptions.FindEscapes"/>, told once per method and
    /// loop. <see cref="TraceEvent.Name"/> is the async method, <see cref="TraceEvent.Detail"/> where it goes on, who sent it there, and what to do.
    /// </summary>
    Escape,
}

/// <summary>One thing that happened in a run.</summary>
/// <param name="ItemId">The item; 0 for a worker's own events. On the timeline of a loop with a seed, its number there, from 1.</param>
/// <param name="Name">The work's name; for a worker's own events the worker's.</param>
/// <param name="Phase">What happened.</param>
/// <param name="Executor">The executor's name.</param>
/// <param name="Lane">The worker's row, from 0; -1 when no worker has it yet.</param>
/// <param name="At">Time since the timeline was made.</param>
public readonly record struct TraceEvent(long ItemId, string Name, TracePhase Phase, string Executor, int Lane, TimeSpan At)
{
    /// <summary>More about it, for people: the argument, the error, the reason. See <see cref="TracePhase"/>.</summary>
    public string? Detail { get; init; }
}
