namespace Braid.Processes;

/// <summary>Asks calls back that wait behind another worker's item, once that has turned out to be slow: for a worker that is idle, or behind a long one.</summary>
/// <remarks>
/// Not at once: tiny items would be sent to and fro. Asking at once cost them 15 to 40 % at 16 to 256 items ahead; measured by
/// <c>benchmarks processes-throughput</c>. On a thread of its own, which is started when there is something to ask for the first time: .NET's timers
/// go by a clock that moves every 4 ms on Linux and end in the thread pool, so that a worker stayed idle for 8 ms, now and then for 20.
/// </remarks>
internal sealed class RecallWatch(CallQueue queue) : IDisposable
{
    // Some ten times what a call takes there and back. The machine's time, whatever the executor's is: this is about how fast the machine works.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    // Guards changes of what follows; a monitor, because the thread waits on it.
    private readonly object _gate = new();
    private volatile bool _isSet;
    private bool _hasThread;
    private bool _isDisposed;

    /// <summary>A worker has become idle while another has calls at hand, or calls wait behind a long item. One look at a flag if that is known.</summary>
    internal void Start()
    {
        if (_isSet) return;
        lock (_gate)
        {
            if (_isSet || _isDisposed) return;
            _isSet = true;
            Monitor.Pulse(_gate);
            if (_hasThread) return;
            _hasThread = true;
            new Thread(Run) { Name = "Braid recall", IsBackground = true }.UnsafeStart();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (WaitUntilSet())
        {
            Thread.Sleep(Delay);

            // Before the look and not after: what comes while it lasts, and may be overlooked, sets it anew.
            lock (_gate) _isSet = false;
            Look();
        }
    }

    private bool WaitUntilSet()
    {
        lock (_gate)
        {
            while (!_isSet && !_isDisposed) Monitor.Wait(_gate);
            return !_isDisposed;
        }
    }

    private void Look()
    {
        var recalls = new List<(WorkerConnection Worker, List<ProcessCall> Calls)>();
        if (queue.Recall(recalls)) Start();
        foreach (var (worker, calls) in recalls) worker.Recall(calls);
    }
}
