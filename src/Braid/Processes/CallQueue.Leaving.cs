namespace Braid.Processes;

/// <summary>Workers on their way out, their successors, and the end of all starting.</summary>
/// <remarks>
/// A worker that shall take no more calls is worn: it finishes what it has begun and gets Goodbye. Its lane is free from when its last call
/// begins, so the next one starts meanwhile; but of a lane's workers only one runs calls, so the number of calls that run stays the same.
/// </remarks>
internal sealed partial class CallQueue
{
    // One that runs its last call and one that exits: more would mean that exits take longer than everything else, and would heap up.
    private const int MostLeavingPerLane = 2;

    private readonly List<WorkerConnection> _leaving = [];
    private InitializerFailure? _failure;

    /// <summary>Set for ever: the initializer has failed, and nothing can run.</summary>
    internal InitializerFailure? Failure => Volatile.Read(ref _failure);

    internal bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>From here on nothing is started and nothing accepted. What waits is given out when the worker leaves.</summary>
    internal void FailStarts(InitializerFailure failure)
    {
        lock (Gate) _failure ??= failure;
    }

    /// <summary>Marks workers that have been idle for so long, and tells when the next one may have been.</summary>
    internal List<WorkerConnection> RetireIdle(TimeSpan limit, out TimeSpan? next)
    {
        var retired = new List<WorkerConnection>();
        next = null;
        lock (Gate)
        {
            foreach (var worker in _idle)
            {
                var left = limit - worker.IdleTime;
                if (left > TimeSpan.Zero)
                {
                    if (next is null || left < next) next = left;
                    continue;
                }

                worker.IsWorn = true;
                retired.Add(worker);
            }
        }

        return retired;
    }

    /// <summary>A worn worker's lane is free once all that it holds has begun.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="starts">Gets workers to start.</param>
    /// <param name="successor">The worker of its lane that waits for its last call to end, if that has ended.</param>
    /// <returns>True, once: it has nothing left to do.</returns>
    internal bool TryRelease(WorkerConnection worker, List<WorkerConnection> starts, out WorkerConnection? successor)
    {
        successor = null;
        lock (Gate)
        {
            if (!worker.IsReady || worker.Held.CountIn(CallState.Sent) > 0) return false;
            if (_lanes[worker.Lane] == worker)
            {
                RemoveIdle(worker);
                _lanes[worker.Lane] = null;
                _leaving.Add(worker);
                while (ReserveStart() is { } start) starts.Add(start);
            }

            if (worker.Held.Count > 0 || worker.HasLeft) return false;
            worker.HasLeft = true;
            successor = ReadySuccessor(worker);
            return true;
        }
    }

    /// <summary>The worker of the same lane that has waited for this one's last call to end.</summary>
    internal WorkerConnection? SuccessorOf(WorkerConnection worker)
    {
        lock (Gate) return ReadySuccessor(worker);
    }

    /// <summary>All workers, also those on their way out. Inside the gate.</summary>
    private IEnumerable<WorkerConnection> Everyone() => _lanes.OfType<WorkerConnection>().Concat(_leaving);

    private WorkerConnection? ReadySuccessor(WorkerConnection worker) =>
        _lanes[worker.Lane] is { IsReady: true, IsIdle: false } successor && successor != worker ? successor : null;

    /// <summary>True while the worker before it in its lane runs its last call.</summary>
    /// <remarks>Asked for every load of calls: no lambdas, which would allocate.</remarks>
    private bool MustWait(WorkerConnection worker)
    {
        foreach (var other in _leaving)
        {
            if (other.Lane == worker.Lane && other != worker && other.Held.Count > 0) return true;
        }

        return false;
    }

    private int FreeLane()
    {
        for (int lane = 0; lane < _lanes.Length; lane++)
        {
            if (_lanes[lane] is null && LeavingIn(lane) < MostLeavingPerLane) return lane;
        }

        return -1;
    }

    private int LeavingIn(int lane)
    {
        int count = 0;
        foreach (var worker in _leaving)
        {
            if (worker.Lane == lane) count++;
        }

        return count;
    }

    private void Remove(WorkerConnection worker)
    {
        if (_lanes[worker.Lane] == worker) _lanes[worker.Lane] = null;
        else _leaving.Remove(worker);
        worker.HasLeft = true;
    }
}
