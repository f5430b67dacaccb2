using System.Diagnostics;

namespace Braid.Processes;

/// <summary>One item on its way through the engine. Its state is guarded by the <see cref="CallQueue"/>'s gate.</summary>
/// <remarks>There is one for every item, tiny ones too, so it holds little.</remarks>
internal sealed class ProcessCall(WorkItem item, Activity? activity)
{
    internal WorkItem Item => item;

    /// <summary>The item's.</summary>
    internal long Id => item.Id;

    /// <summary>The caller's trace, which was current where the item was submitted.</summary>
    internal string? TraceParent => activity is { IdFormat: ActivityIdFormat.W3C } ? activity.Id : null;

    internal string? TraceState => activity?.TraceStateString;

    /// <summary>The worker that was given the call last.</summary>
    internal WorkerConnection? Worker { get; set; }

    internal CallState State { get; set; }

    /// <summary>The item's token was cancelled after a worker had been given the call.</summary>
    internal bool IsCancelled { get; set; }

    /// <summary>Why it was stopped, if it was not its token; its item ends with that.</summary>
    internal OperationCanceledException? StopReason { get; set; }

    /// <summary>The worker was asked to give the call back and has not answered.</summary>
    internal bool IsRecalled { get; set; }

    /// <summary>When the worker said that it began it.</summary>
    internal long StartedAt { get; set; }

    /// <summary>True if no worker needs to be given it: it has ended, or its caller has given up.</summary>
    internal bool IsOver => item.IsFinished || item.CancellationToken.IsCancellationRequested;
}

internal enum CallState : byte
{
    /// <summary>In the queue.</summary>
    Waiting,

    /// <summary>Given to a worker, which has not begun it: if the worker is lost it goes back to the queue.</summary>
    Sent,

    /// <summary>The worker has begun it: if the worker is lost it fails.</summary>
    Started,

    /// <summary>It has ended.</summary>
    Done,
}
