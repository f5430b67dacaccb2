namespace Braid.Processes;

/// <summary>Asks calls back for idle workers that wait behind another worker's item, once that item has turned out to be slow.</summary>
/// <remarks>
/// Not at once: what a worker has at hand is meant to be done in a millisecond, and tiny items would be sent to and fro. Asking at once
/// cost them 15 to 25 % at 16 to 256 items ahead; measured by <c>benchmarks processes-throughput</c>.
/// </remarks>
internal sealed class RecallWatch : IDisposable
{
    private readonly CallQueue _queue;
    private readonly ITimer _timer;

    // Guards what follows.
    private readonly Lock _gate = new();
    private bool _isArmed;
    private bool _isDisposed;

    internal RecallWatch(CallQueue queue)
    {
        _queue = queue;

        // The system's time on purpose, whatever the executor's is: this is about how fast the machine works.
        _timer = TimeProvider.System.CreateTimer(static watch => ((RecallWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A worker has become idle while another has calls at hand.</summary>
    internal void Start()
    {
        if (Volatile.Read(ref _isArmed)) return;
        lock (_gate)
        {
            if (_isArmed || _isDisposed) return;
            _isArmed = true;
            _timer.Change(WorkerConnection.WorkAhead, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _timer.Dispose();
    }

    private void Look()
    {
        Volatile.Write(ref _isArmed, false);
        while (_queue.Recall() is { } recall) recall.Victim.Recall(recall.Calls);
    }
}
