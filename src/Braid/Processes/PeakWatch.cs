namespace Braid.Processes;

/// <summary>Looks at the memory of workers while they run items, so that the error of one that is lost can tell its peak.</summary>
/// <remarks>One timer for all workers of an executor; it stops by itself when none is busy, so that an idle program sleeps.</remarks>
internal sealed class PeakWatch(CallQueue queue)
{
    // Looking costs about 30 µs for each busy worker: four times a second, less than a ten-thousandth of a core.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private volatile bool _isOn;
    private ITimer? _timer;

    /// <summary>A worker begins an item. One look at a flag, unless the watch sleeps.</summary>
    internal void OnBusy()
    {
        if (_isOn) return;
        lock (queue.Gate)
        {
            if (_isOn) return;
            _isOn = true;

            // The system's time on purpose, whatever the executor's is: processes take memory in real time.
            _timer ??= TimeProvider.System.CreateTimer(static watch => ((PeakWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    internal void Stop()
    {
        lock (queue.Gate)
        {
            _isOn = true; // For good.
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Look()
    {
        List<WorkerConnection> busy;
        lock (queue.Gate)
        {
            busy = queue.BusyWorkers();
            if (busy.Count == 0) _isOn = _timer is null;
            else _timer?.Change(Interval, Timeout.InfiniteTimeSpan);
        }

        foreach (var worker in busy) worker.SampleMemory();
    }
}
