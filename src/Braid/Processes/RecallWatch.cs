namespace Braid.Processes;

/// <summary>Asks calls back that wait behind another worker's item, once that has turned out to be slow: for a worker that is idle, or behind a long one.</summary>
/// <remarks>
/// Not at once: tiny items would be sent to and fro. Asking at once cost them 15 to 40 % at 16 to 256 items ahead; measured by
/// <c>benchmarks processes-throughput</c>.
/// </remarks>
internal sealed class RecallWatch : IDisposable
{
    // Some ten times what a call takes there and back.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    private readonly CallQueue _queue;
    private readonly WatchTimer _timer;

    internal RecallWatch(CallQueue queue)
    {
        _queue = queue;

        // The system's time on purpose, whatever the executor's is: this is about how fast the machine works.
        _timer = new(TimeProvider.System, Look);
    }

    /// <summary>A worker has become idle while another has calls at hand, or calls wait behind a long item.</summary>
    internal void Start() => _timer.Set(Delay);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var recalls = new List<(WorkerConnection Worker, List<ProcessCall> Calls)>();
        if (_queue.Recall(recalls)) Start();
        foreach (var (worker, calls) in recalls) worker.Recall(calls);
    }
}
