using Braid.Wire;

namespace Braid.Processes;

/// <summary>Calls that shall not run, or not any longer: recalled for an idle worker, cancelled while they wait, stopped while they run.</summary>
internal sealed partial class WorkerConnection
{
    // The call that was asked to stop, and what kills the worker if it does not. Guarded by the queue's gate.
    private ProcessCall? _stopping;
    private ITimer? _killTimer;

    /// <summary>Asks for calls back that it has not begun. From any thread.</summary>
    private void Recall(ProcessCall[] calls)
    {
        foreach (var call in calls) _writer.Add(FrameType.Recall, call.Item.Id);
        _writer.FlushElsewhere();
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
        lock (_sendGate) _writer.Add(FrameType.Recall, call.Item.Id);
        _writer.Flush();
    }

    /// <summary>Asks the work that runs to stop, and kills the worker if it has not after <see cref="ProcessOptions.KillAfter"/>.</summary>
    private void StopCall(ProcessCall call)
    {
        long[] unbegun;
        lock (_queue.Gate)
        {
            if (call.State != CallState.Started || _stopping is not null || _isClosed) return;
            _stopping = call;
            unbegun = [.. Held.In(CallState.Sent).Select(c => c.Item.Id)];
            _killTimer = _executor.TimeProvider.CreateTimer(static state => KillFor((ProcessCall)state!), call, _executor.Options.KillAfter, Timeout.InfiniteTimeSpan);
        }

        // First those behind it: none of them may begin in a worker that is about to be killed.
        foreach (long itemId in unbegun) _writer.Add(FrameType.Recall, itemId);
        _writer.Add(FrameType.Cancel, call.Item.Id);
        _writer.FlushElsewhere();
    }

    private static void KillFor(ProcessCall call)
    {
        var worker = call.Worker!;
        lock (worker._queue.Gate)
        {
            if (worker._stopping != call) return;
            worker._isClosed = true;
        }

        worker.Kill();
    }

    private void EndStopping()
    {
        _stopping = null;
        _killTimer?.Dispose();
        _killTimer = null;
    }
}
