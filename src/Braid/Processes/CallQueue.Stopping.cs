namespace Braid.Processes;

/// <remarks>This part gives up what is left when a disposal waits no longer.</remarks>
internal sealed partial class CallQueue
{
    private bool _isAbandoned;

    /// <summary>From now on nothing that waits is run; calls that workers give back are had from <see cref="TakeReturned"/>.</summary>
    /// <returns>What waits, which the caller ends, and what workers hold.</returns>
    internal (List<ProcessCall> Waiting, List<ProcessCall> Held) Abandon()
    {
        lock (Gate)
        {
            _isAbandoned = true;
            return (TakeWaiting(), [.. Everyone().SelectMany(w => w.Held.All())]);
        }
    }

    /// <summary>Calls that came back after <see cref="Abandon"/>; the caller ends them.</summary>
    internal List<ProcessCall> TakeReturned()
    {
        if (!Volatile.Read(ref _isAbandoned)) return [];
        lock (Gate) return TakeWaiting();
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
