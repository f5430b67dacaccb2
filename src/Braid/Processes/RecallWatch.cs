using System.Diagnostics;

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
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    // An item is found to be long between one and two of these after it began.
    private static readonly TimeSpan Later = WorkerConnection.LongItem;

    // Guards changes of what follows; a monitor, because the thread waits on it.
    private readonly object _gate = new();
    private volatile RecallTime _set;
    private long _setAt;
    private bool _hasThread;
    private bool _isDisposed;

    /// <summary>Looks then. One look at a field if that is known: it is called for every load of calls.</summary>
    internal void Start(RecallTime when)
    {
        if (when <= _set) return;
        lock (_gate)
        {
            if (when <= _set || _isDisposed) return;
            (_set, _setAt) = (when, Stopwatch.GetTimestamp());
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
        while (WaitUntilDue()) Look();
    }

    private bool WaitUntilDue()
    {
        lock (_gate)
        {
            while (!_isDisposed)
            {
                if (_set == RecallTime.Never)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var left = (_set == RecallTime.Soon ? Soon : Later) - Stopwatch.GetElapsedTime(_setAt);
                if (left > TimeSpan.Zero)
                {
                    // Whole milliseconds are what it waits for.
                    Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
                    continue;
                }

                // Before the look and not after: what comes while it lasts, and may be overlooked, sets it anew.
                _set = RecallTime.Never;
                return true;
            }

            return false;
        }
    }

    private void Look()
    {
        var recalls = new List<(WorkerConnection Worker, List<ProcessCall> Calls)>();
        Start(queue.Recall(recalls));
        foreach (var (worker, calls) in recalls) worker.Recall(calls);
    }
}
