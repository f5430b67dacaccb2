namespace Braid.Loops;

/// <summary>One thread for all loops of the process, which tells of callbacks that hold a loop, while they hold it.</summary>
/// <remarks>
/// It looks at each loop's <see cref="LoopPulse"/> four times within its <see cref="LoopOptions.SlowCallback"/>. While all loops sleep, or none runs,
/// it sleeps too, and the first loop that wakes wakes it.
/// </remarks>
internal static class Watchdog
{
    // Guards changes of _loops, and _isStarted.
    private static readonly Lock Gate = new();
    private static readonly AutoResetEvent Bell = new(false);
    private static volatile WatchedLoop[] _loops = []; // replaced, never changed: it is read at every look
    private static bool _isStarted;
    private static volatile bool _isParked;

    /// <summary>Watches a loop from now on. On the loop's thread.</summary>
    public static void Add(WatchedLoop loop)
    {
        loop.Pulse.IsWatched = true;
        lock (Gate)
        {
            _loops = [.. _loops, loop];
            if (!_isStarted)
            {
                _isStarted = true;
                new Thread(Run) { IsBackground = true, Name = "Braid watchdog" }.UnsafeStart();
            }
        }

        Bell.Set(); // its time may be shorter than that of the others
    }

    public static void Remove(WatchedLoop loop)
    {
        lock (Gate) _loops = [.. _loops.Where(other => other != loop)];
    }

    /// <summary>A loop is awake again. Costs one read, unless the watchdog sleeps.</summary>
    public static void Wake()
    {
        if (_isParked) Bell.Set();
    }

    private static void Run()
    {
        while (true)
        {
            var loops = _loops;
            var pause = Timeout.InfiniteTimeSpan;
            foreach (var loop in loops)
            {
                if (loop.Pulse.IsAsleep) continue;
                loop.Look();
                if (pause == Timeout.InfiniteTimeSpan || loop.Interval < pause) pause = loop.Interval;
            }

            if (pause != Timeout.InfiniteTimeSpan) Bell.WaitOne(pause);
            else Park(loops);
        }
    }

    private static void Park(WatchedLoop[] asleep)
    {
        _isParked = true;
        Interlocked.MemoryBarrier(); // the other half of LoopPulse.WakeUp
        if (Array.TrueForAll(asleep, static loop => loop.Pulse.IsAsleep)) Bell.WaitOne();
        _isParked = false;
    }
}
