namespace Braid.Processes;

/// <summary>Who runs what: the calls that wait, the workers that are idle, and the rules by which the ones get to the others.</summary>
/// <remarks>
/// Knows nothing of processes, sockets and bytes. Whatever finishes items, sends or starts processes is done by the caller, outside the gate.
/// </remarks>
internal sealed partial class CallQueue(int lanes, TimeProvider timeProvider, Func<int, WorkerConnection> create)
{
    // Three starts in a row that fail are a reason and not bad luck: what waits is told instead of waiting for a fourth.
    private const int MostFailedStarts = 3;

    private readonly WorkerConnection?[] _lanes = new WorkerConnection?[lanes];
    private readonly Queue<ProcessCall> _waiting = new();

    // Calls that came back from a worker: before all others, for they were.
    private readonly Stack<ProcessCall> _returned = new();
    private readonly Stack<WorkerConnection> _idle = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ready;
    private int _starting;
    private int _failedStarts;
    private long _added;

    // Outside the gate.
    private long _left;
    private int _depth;
    private bool _isClosed;

    /// <summary>Guards everything here, the state of every call, and the calls that each worker holds.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The workers that are there, for whoever looks what they have to say. From any thread.</summary>
    internal WorkerConnection[] Ready { get; private set; } = [];

    /// <summary>Completes when the queue is closed and every call has ended.</summary>
    internal Task Drained => _drained.Task;

    /// <summary>How many calls the workers that are there may have at hand. From any thread.</summary>
    internal int Depth => Volatile.Read(ref _depth);

    private int Waiting => _waiting.Count + _returned.Count;

    /// <summary>Adds a call. Gives the worker that should take it, or the one that should be started, if any.</summary>
    /// <returns>False: the queue is closed, or nothing can be started.</returns>
    internal bool TryAdd(ProcessCall call, out WorkerConnection? idle, out WorkerConnection? start)
    {
        idle = start = null;
        lock (Gate)
        {
            if (_isClosed || _failure is not null) return false;
            _added++;
            _waiting.Enqueue(call);
            if (!TryClaimIdle(out idle)) start = ReserveStart();
            return true;
        }
    }

    /// <summary>The worker for a call that is about to be added, to be started now; null if there is one or there can be none.</summary>
    internal WorkerConnection? ReserveFirst()
    {
        lock (Gate) return _isClosed || _starting > 0 || Ready.Length > 0 ? null : ReserveStart(coming: 1);
    }

    /// <summary>Gives a worker its next calls. With none left and nothing to do it becomes idle.</summary>
    /// <param name="worker">The worker that asks.</param>
    /// <param name="calls">Gets what the worker is to run.</param>
    /// <param name="dropped">Gets calls that nobody wants any more; the caller ends them.</param>
    /// <returns>When to see whether calls should be recalled.</returns>
    internal RecallTime Take(WorkerConnection worker, List<ProcessCall> calls, List<ProcessCall> dropped)
    {
        lock (Gate)
        {
            long now = timeProvider.GetTimestamp();
            if (_whyAbandoned is not null || !worker.MayTake || worker.IsLate(now) || MustWait(worker)) return RecallTime.Never;
            MeasureDepth();
            int room = Math.Min(worker.Depth - worker.Held.Count, worker.Left);

            // Not for one free place: half a load at a time shares the writes.
            if (worker.Held.Count > 0 && room < worker.Depth / 2) return RecallTime.Never;
            int share = Math.Min(room, 1 + (Waiting / lanes));
            while (calls.Count < share && TryDequeue(out var call))
            {
                if (call.IsOver)
                {
                    call.State = CallState.Done;
                    dropped.Add(call);
                    continue;
                }

                call.State = CallState.Sent;
                call.Worker = worker;
                worker.Held.Add(call);
                calls.Add(call);
            }

            if (worker.Held.Count > 0)
            {
                // It may have asked although it was idle, and nobody has claimed it for this.
                RemoveIdle(worker);
            }
            else if (!worker.IsIdle)
            {
                worker.IsIdle = true;
                worker.OnIdle();
                _idle.Push(worker);
            }

            return WhenToRecall(now);
        }
    }

    /// <summary>For calls that wait: a worker that should take them, or one that should be started. False: nothing waits, or there is neither.</summary>
    internal bool TryClaim(out WorkerConnection? idle, out WorkerConnection? start)
    {
        idle = start = null;
        lock (Gate)
        {
            if (Waiting > 0 && !TryClaimIdle(out idle)) start = ReserveStart();
        }

        return idle is not null || start is not null;
    }

    /// <summary>So many calls have ended and everybody has been told.</summary>
    internal void Leave(int count = 1)
    {
        Interlocked.Add(ref _left, count);
        if (Volatile.Read(ref _isClosed)) TellIfDrained();
    }

    internal void OnReady(WorkerConnection worker)
    {
        lock (Gate)
        {
            _starting--;
            _ready++;
            worker.IsReady = true;

            // Also those that leave stay in it until they are gone: whoever began to look at one must find it when it ends its look.
            Ready = [.. Ready, worker];
        }
    }

    /// <summary>A worker has shown that workers of this program can work.</summary>
    internal void OnProgress() => _failedStarts = 0;

    /// <summary>A worker is gone. Its calls that had not begun are back in the queue; the others are its own affair.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="hasFailed">It never did anything.</param>
    /// <param name="given">Gets the calls that nobody can run, after too many failures.</param>
    /// <returns>Workers to start in its place.</returns>
    internal List<WorkerConnection> OnGone(WorkerConnection worker, bool hasFailed, List<ProcessCall> given)
    {
        var starts = new List<WorkerConnection>();
        lock (Gate)
        {
            Remove(worker);
            if (worker.IsReady) _ready--;
            else _starting--;
            RemoveIdle(worker);
            Ready = [.. Ready.Where(w => w != worker)];

            // One that was never given anything has shown nothing, good or bad.
            hasFailed &= !worker.IsReady || worker.Held.Count > 0;
            var unbegun = worker.Held.In(CallState.Sent);
            unbegun.Reverse();
            foreach (var call in unbegun) PutBack(call);

            // Not its affair any more: what it hears of their tokens is for their next workers.
            worker.Held.Clear();

            if (hasFailed) _failedStarts++;
            else if (_ready == 0) _failedStarts = 0;
            if (_failure is not null || (_failedStarts >= MostFailedStarts && _ready == 0))
            {
                while (TryDequeue(out var call)) given.Add(call);
                _failedStarts = 0;
            }

            while (ReserveStart() is { } start) starts.Add(start);
        }

        return starts;
    }

    /// <summary>Takes no more calls.</summary>
    internal void Close()
    {
        lock (Gate) _isClosed = true;

        // Who leaves has its fence between "one less" and "is it closed"; this one stands between "it is closed" and "are any left".
        Interlocked.MemoryBarrier();
        TellIfDrained();
    }

    internal List<WorkerConnection> Workers()
    {
        lock (Gate) return [.. Everyone()];
    }

    // Nothing is added any more.
    private void TellIfDrained()
    {
        if (Volatile.Read(ref _left) == _added) _drained.TrySetResult();
    }

    // Asked for every load of calls: no lambdas, which would allocate.
    private void MeasureDepth()
    {
        int depth = 0;
        foreach (var worker in Ready) depth += worker.Depth;
        Volatile.Write(ref _depth, depth);
    }

    private bool TryDequeue(out ProcessCall call) => _returned.TryPop(out call!) || _waiting.TryDequeue(out call!);

    private bool TryClaimIdle(out WorkerConnection? worker)
    {
        // The one that was busy last: its caches are warm and the others may sleep. Not one that is on its way out.
        while (_idle.TryPop(out worker))
        {
            worker.IsIdle = false;
            if (worker.MayTake) return true;
        }

        return false;
    }

    /// <summary>A lane for a worker that is needed: something waits that no starting worker is meant for.</summary>
    private WorkerConnection? ReserveStart(int coming = 0)
    {
        if (_whyAbandoned is not null || _failure is not null || _starting >= Waiting + coming || (_failedStarts >= MostFailedStarts && _ready > 0)) return null;
        int lane = FreeLane();
        if (lane < 0) return null;
        _starting++;
        return _lanes[lane] = create(lane);
    }

    private void RemoveIdle(WorkerConnection worker)
    {
        if (!worker.IsIdle) return;
        worker.IsIdle = false;
        var others = _idle.Where(w => w != worker).Reverse().ToArray();
        _idle.Clear();
        foreach (var other in others) _idle.Push(other);
    }
}
