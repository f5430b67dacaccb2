namespace Braid.Processes;

/// <summary>Looks at the memory of workers while they run items, so that the error of one that is lost can tell its peak.</summary>
/// <remarks>One timer for all workers of an executor; it stops by itself when none is busy, so that an idle program sleeps.</remarks>
internal sealed class PeakWatch
{
    // Looking costs about 30 µs for each busy worker: four times a second, less than a ten-thousandth of a core.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly CallQueue _queue;
    private readonly WatchTimer _timer;

    internal PeakWatch(CallQueue queue)
    {
        _queue = queue;

        // The system's time on purpose, whatever the executor's is: processes take memory in real time.
        _timer = new(TimeProvider.System, Look);
    }

    /// <summary>A worker begins an item. One look at a flag, unless the watch sleeps.</summary>
    internal void OnBusy() => _timer.Set(Interval);

    internal void Stop() => _timer.Dispose();

    private void Look()
    {
        List<WorkerConnection> busy;
        lock (_queue.Gate) busy = _queue.BusyWorkers();
        if (busy.Count > 0) _timer.Set(Interval);
        foreach (var worker in busy) worker.SampleMemory();
    }
}
