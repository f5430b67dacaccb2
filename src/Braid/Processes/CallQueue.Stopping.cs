namespace Braid.Processes;

/// <remarks>This part gives up what is left when a disposal waits no longer.</remarks>
internal sealed partial class CallQueue
{
    private Func<WorkItem, OperationCanceledException>? _whyAbandoned;

    /// <summary>From now on nothing that waits is run; calls that workers give back are had from <see cref="TakeReturned"/>.</summary>
    /// <param name="why">What the items end with.</param>
    /// <returns>What waits, which the caller ends, and what workers hold.</returns>
    internal (List<ProcessCall> Waiting, List<ProcessCall> Held) Abandon(Func<WorkItem, OperationCanceledException> why)
    {
        lock (Gate)
        {
            _whyAbandoned = why;
            return (TakeWaiting(), [.. Everyone().SelectMany(w => w.Held.All())]);
        }
    }

    /// <summary>Calls that came back after <see cref="Abandon"/>, and why they end; the caller ends them.</summary>
    internal List<(ProcessCall Call, OperationCanceledException Reason)> TakeReturned()
    {
        if (Volatile.Read(ref _whyAbandoned) is not { } why) return [];
        lock (Gate) return [.. TakeWaiting().Select(call => (call, call.StopReason ?? why(call.Item)))];
    }

    /// <summary>The workers that have begun an item. Inside the gate.</summary>
    internal List<WorkerConnection> BusyWorkers() =>
        [.. Everyone().Where(w => w.Held.CountIn(CallState.Started) > 0)];

    private List<ProcessCall> TakeWaiting()
    {
        var calls = new List<ProcessCall>();
        while (TryDequeue(out var call))
        {
            call.State = CallState.Done;
            calls.Add(call);
        }

        return calls;
    }
}
