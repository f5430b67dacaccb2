namespace Braid.Processes;

/// <summary>Whose fault it was: the work that raised an error, or the worker that ended and what it was running then.</summary>
internal sealed partial class WorkerConnection
{
    /// <inheritdoc cref="WorkerMemory.Peak"/>
    internal long? PeakMemory => _process?.PeakMemory;

    /// <summary>A worker with an item: what its memory is now may be what the item's error has to tell.</summary>
    internal void SampleMemory() => _process?.SampleMemory();

    /// <summary>The work has raised an error, or has followed its token.</summary>
    private void EndRaised(ProcessCall call, Exception error, long at)
    {
        if (call.IsCancelled && error is OperationCanceledException) error = call.StopReason ?? error;
        else _executor.CountRaisedError();
        EndFailed(call, error, at);
    }

    /// <summary>The worker has ended. Unless somebody wanted that, it is lost.</summary>
    private void CountIfLost()
    {
        lock (_queue.Gate)
        {
            if (_isStopping || _isToldToEnd || _process is null) return;
        }

        _executor.CountLostWorker();
    }

    /// <summary>The worker is gone: what it had begun has failed, and nothing else has.</summary>
    private void FailStarted(WorkerLoss loss)
    {
        List<ProcessCall> started;
        lock (_queue.Gate)
        {
            started = Held.In(CallState.Started);
            foreach (var call in started)
            {
                call.State = CallState.Done;
                Held.Remove(call);
            }
        }

        foreach (var call in started)
        {
            EndFailed(call, call.IsCancelled ? call.StopReason ?? new(call.Item.CancellationToken) : loss.While(call.Item));
        }
    }

    /// <summary>A disposal waits no longer: calls that were given back are not given to others.</summary>
    private void EndReturned()
    {
        foreach (var (call, reason) in _queue.TakeReturned()) EndCall(call, reason);
    }
}
