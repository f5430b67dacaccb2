namespace Braid.Processes;

/// <summary>Calls that come back from the worker that they were sent to, so that they wait behind nothing that others could pass.</summary>
internal sealed partial class CallQueue
{
    /// <summary>
    /// What workers should give back: all that waits behind an item that has turned out to be long, and, while a worker is idle, the newer half of
    /// what waits behind any other. The older half is for the worker itself, which will be soon.
    /// </summary>
    /// <param name="recalls">Gets the workers and their calls, the last first: so they come back, and what comes back last is given out first.</param>
    /// <returns>When to ask again.</returns>
    internal RecallTime Recall(List<(WorkerConnection Worker, List<ProcessCall> Calls)> recalls)
    {
        var next = RecallTime.Never;
        lock (Gate)
        {
            long now = timeProvider.GetTimestamp();
            bool isAnyIdle = _idle.Count > 0;
            foreach (var worker in _lanes.OfType<WorkerConnection>())
            {
                var behind = worker.Held.Behind(CallState.Sent);
                behind.RemoveAll(static call => call.IsRecalled);

                // While calls wait, the worker that is idle is about to be given those.
                int kept = worker.IsLate(now) ? 0 : Waiting > 0 || !isAnyIdle ? behind.Count : behind.Count / 2;
                if (kept > 0 && next != RecallTime.Soon) next = isAnyIdle ? RecallTime.Soon : RecallTime.Later;
                if (kept == behind.Count) continue;
                behind.RemoveRange(0, kept);
                behind.Reverse();
                foreach (var call in behind) call.IsRecalled = true;
                recalls.Add((worker, behind));
            }
        }

        return next;
    }

    /// <summary>Puts a call back that no worker has begun, before all others.</summary>
    internal void PutBack(ProcessCall call)
    {
        call.State = CallState.Waiting;
        call.IsRecalled = call.IsCancelled = false;
        _returned.Push(call);
    }

    /// <summary>Soon if something waits behind a long item, or behind any while a worker is idle; later if it may come to that.</summary>
    /// <remarks>Asked for every load of calls: no lambdas, which would allocate.</remarks>
    private RecallTime WhenToRecall(long now)
    {
        var when = RecallTime.Never;
        foreach (var worker in _lanes)
        {
            if (worker is not { Held.Count: > 1 }) continue;
            if (_idle.Count > 0 || worker.IsLate(now)) return RecallTime.Soon;
            when = RecallTime.Later;
        }

        return when;
    }
}

/// <summary>When to see whether calls should be recalled.</summary>
internal enum RecallTime
{
    /// <summary>Nothing waits behind an item.</summary>
    Never,

    /// <summary>Something does, and should not if the item turns out to be long: workers can be started for it, if none becomes idle.</summary>
    Later,

    /// <summary>As soon as asking pays.</summary>
    Soon,
}
