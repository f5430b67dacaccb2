using Braid.Wire;

namespace Braid.Processes;

/// <summary>Calls that shall not run, or not any longer: recalled for others, cancelled while they wait, stopped while they run.</summary>
internal sealed partial class WorkerConnection
{
    // Of KillAfter, what the work has to end by its token alone. The rest is for what it does at SIGTERM.
    private const double TokenShare = 0.5;

    // The call that was asked to stop, and what ends the worker if it does not. Guarded by the queue's gate.
    private ProcessCall? _stopping;
    private long _stoppingSince;
    private ITimer? _killTimer;

    // The worker was sent a signal by us: whatever it does then, it is no loss. Guarded by the queue's gate.
    private bool _isToldToEnd;

    /// <summary>Asks for calls back that it has not begun. From any thread.</summary>
    internal void Recall(List<ProcessCall> calls)
    {
        // Elsewhere: a caller's own code may be encoding an argument inside the gate, and other workers' calls shall not wait for that.
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Worker.SendRecalls(state.Calls), (Worker: this, Calls: calls), preferLocal: false);
    }

    private void SendRecalls(List<ProcessCall> calls)
    {
        // Behind the calls themselves, which may just be on their way: a worker that does not have a call yet says nothing, and nobody would ask again.
        lock (_sendGate)
        {
            foreach (var call in calls) _writer.Add(FrameType.Recall, call.Id);
        }

        _writer.Flush();
    }

    private bool IsUsed(CancellationToken token)
    {
        lock (_queue.Gate) return Held.Use(token);
    }

    /// <summary>A token was cancelled: what does that mean for the calls that have it? From any thread.</summary>
    private void OnCancelled(CancellationToken token)
    {
        ProcessCall? started = null;
        lock (_queue.Gate)
        {
            foreach (var call in Held.All())
            {
                if (call.IsCancelled || call.Item.CancellationToken != token) continue;
                call.IsCancelled = true;
                if (call.State == CallState.Started) started = call;
                else ThreadPool.UnsafeQueueUserWorkItem(static call => call.Worker!.DropCall(call), call, preferLocal: false);
            }
        }

        if (started is not null) StopCall(started);
    }

    /// <summary>A call that nobody wants any more and that has not begun, as far as is known: its item ends now, the worker shall leave it.</summary>
    private void DropCall(ProcessCall call)
    {
        call.Item.CancelIfWaiting();

        // The gate: the cancellation may have come while the call was being written, and must not overtake it.
        lock (_sendGate) _writer.Add(FrameType.Recall, call.Id);
        _writer.Flush();
    }

    /// <summary>
    /// Asks the work that runs to stop. If it has not after half of <see cref="ProcessOptions.KillAfter"/>, SIGTERM asks the worker to end; after
    /// all of it SIGKILL does not ask.
    /// </summary>
    private void StopCall(ProcessCall call)
    {
        var killAfter = _executor.Options.KillAfter;
        long[] unbegun;
        lock (_queue.Gate)
        {
            if (call.State != CallState.Started || _stopping is not null || _isClosed) return;
            _stopping = call;
            _stoppingSince = _executor.TimeProvider.GetTimestamp();

            // The last first: so they come back, and what comes back last is given out first.
            unbegun = [.. Held.In(CallState.Sent).Select(c => c.Id).Reverse()];
            var first = WorkerProcess.CanTerminate ? killAfter * TokenShare : killAfter;
            _killTimer = _executor.TimeProvider.CreateTimer(static state => Escalate((ProcessCall)state!), call, first, Timeout.InfiniteTimeSpan);
        }

        // First those behind it: none of them may begin in a worker that is about to be killed. Inside the gate, as in Recall.
        lock (_sendGate)
        {
            foreach (long itemId in unbegun) _writer.Add(FrameType.Recall, itemId);
        }

        _writer.Add(FrameType.Cancel, call.Id);
        _writer.FlushElsewhere();
    }

    /// <summary>The work has not stopped: first SIGTERM, then SIGKILL.</summary>
    private static void Escalate(ProcessCall call)
    {
        var worker = call.Worker!;
        bool isLast;
        lock (worker._queue.Gate)
        {
            if (worker._stopping != call) return;
            var left = worker._executor.Options.KillAfter - worker._executor.TimeProvider.GetElapsedTime(worker._stoppingSince);
            isLast = worker._isToldToEnd || left <= TimeSpan.Zero;
            worker._isToldToEnd = true;
            if (isLast) worker._isClosed = true;
            else worker._killTimer!.Change(left, Timeout.InfiniteTimeSpan);
        }

        if (isLast) worker.Kill();
        else worker._process!.Terminate();
    }

    /// <summary>The call that was asked to stop has ended, or its worker has. Inside the gate.</summary>
    private void EndStopping()
    {
        _stopping = null;
        _killTimer?.Dispose();
        _killTimer = null;
        if (!_isToldToEnd || _isClosed) return;

        // SIGTERM was sent and the item has ended before the worker: it may be about to end, and must not take another item along.
        _isClosed = true;
        ThreadPool.UnsafeQueueUserWorkItem(static worker => worker.Kill(), this, preferLocal: false);
    }

    /// <summary>Stops a call for a reason that is not its token's: as if it had been cancelled.</summary>
    internal static void Abandon(ProcessCall call, OperationCanceledException reason)
    {
        bool isStarted;
        lock (call.Worker!._queue.Gate)
        {
            if (call.State is CallState.Waiting or CallState.Done || call.IsCancelled) return;
            call.StopReason = reason;
            call.IsCancelled = true;
            isStarted = call.State == CallState.Started;
        }

        if (isStarted)
        {
            call.Worker.StopCall(call);
            return;
        }

        call.Item.Fail(reason);
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Worker!.DropCall(call), call, preferLocal: false);
    }

    /// <summary>Kills it although it was not asked before, or did not hear: a worker that is stopped from outside answers nothing.</summary>
    internal void KillNow()
    {
        lock (_queue.Gate) _isToldToEnd = _isClosed = true;
        Kill();
    }
}
