namespace Braid.Loops;

/// <summary>What a loop shows of itself to the <see cref="Watchdog"/>: what it runs, and whether it sleeps.</summary>
internal sealed class LoopPulse(ReadyQueue ready)
{
    private volatile bool _isAsleep;

    /// <summary>Callbacks ended so far. Unchanged between two looks: the same one runs, or none.</summary>
    public long Callbacks => ready.Removed;

    public bool IsAsleep => _isAsleep;

    /// <summary>Set while a watchdog relies on <see cref="WakeUp"/>.</summary>
    public bool IsWatched { get; set; }

    /// <summary>The loop's thread, as <see cref="Stacks.ThreadNumber"/> has it.</summary>
    public long ThreadId { get; set; }

    /// <summary>What runs, or runs next; empty: nothing.</summary>
    public ReadyEntry Current() => ready.Peek();

    public void FallAsleep() => _isAsleep = true;

    public void WakeUp()
    {
        _isAsleep = false;
        if (!IsWatched) return;
        Interlocked.MemoryBarrier(); // say that you are awake, then look who sleeps; the watchdog does the same the other way round
        Watchdog.Wake();
    }
}
