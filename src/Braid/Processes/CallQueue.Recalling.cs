namespace Braid.Processes;

/// <summary>Calls that come back from the worker that they were sent to, so that they wait behind nothing that others could pass.</summary>
internal sealed partial class CallQueue
{
    /// <summary>
    /// What workers should give back: all that waits behind an item that has turned out to be long, and, while a worker is idle, the newer half of
    /// what waits behind any other. The older half is for the worker itself, which will be soon.
    /// </summary>
    /// <param name="recalls">Gets the workers and their calls.</param>
    /// <returns>True if more should be asked for in a moment, should a worker be idle even then.</returns>
    internal bool Recall(List<(WorkerConnection Worker, List<ProcessCall> Calls)> recalls)
    {
        bool isMore = false;
        lock (Gate)
        {
            long now = timeProvider.GetTimestamp();
            bool isAnyIdle = _idle.Count > 0;
            foreach (var worker in _lanes.OfType<WorkerConnection>())
            {
                bool isLate = worker.IsLate(now);
                if (!isLate && !isAnyIdle) continue;
                var behind = worker.Held.Behind(CallState.Sent);
                behind.RemoveAll(static call => call.IsRecalled);

                // While calls wait, the worker that is idle is about to be given those.
                int kept = isLate ? 0 : Waiting > 0 ? behind.Count : behind.Count / 2;
                isMore |= kept > 0;
                if (kept == behind.Count) continue;
                behind.RemoveRange(0, kept);
                foreach (var call in behind) call.IsRecalled = true;
                recalls.Add((worker, behind));
            }
        }

        return isMore;
    }

    /// <summary>Puts a call back that no worker has begun, before all others.</summary>
    internal void PutBack(ProcessCall call)
    {
        call.State = CallState.Waiting;
        call.IsRecalled = call.IsCancelled = false;
        _returned.Push(call);
    }

    /// <summary>True if something waits behind a long item.</summary>
    /// <remarks>Asked for every load of calls: no lambdas, which would allocate.</remarks>
    private bool HasLate(long now)
    {
        foreach (var worker in _lanes)
        {
            if (worker is { Held.Count: > 1 } && worker.IsLate(now)) return true;
        }

        return false;
    }
}
