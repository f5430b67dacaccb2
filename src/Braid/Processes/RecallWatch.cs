namespace Braid.Processes;

/// <summary>Asks calls back for idle workers that wait behind another worker's item, once that item has turned out to be slow.</summary>
/// <remarks>
/// Not at once: what a worker has at hand is meant to be done in a millisecond, and tiny items would be sent to and fro. Asking at once
/// cost them 15 to 40 % at 16 to 256 items ahead; measured by <c>benchmarks processes-throughput</c>.
/// </remarks>
internal sealed class RecallWatch : IDisposable
{
    private readonly CallQueue _queue;
    private readonly WatchTimer _timer;

    internal RecallWatch(CallQueue queue)
    {
        _queue = queue;

        // The system's time on purpose, whatever the executor's is: this is about how fast the machine works.
        _timer = new(TimeProvider.System, Look);
    }

    /// <summary>A worker has become idle while another has calls at hand.</summary>
    internal void Start() => _timer.Set(WorkerConnection.WorkAhead);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        while (_queue.Recall() is { } recall) recall.Victim.Recall(recall.Calls);
    }
}
