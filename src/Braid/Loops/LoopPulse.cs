using System.Runtime.CompilerServices;
using Braid.Stacks;

namespace Braid.Loops;

/// <summary>What a loop shows of itself to the <see cref="Watchdog"/>: plain fields that the loop writes and the watchdog looks at now and then.</summary>
/// <remarks>
/// No fence and no interlocked instruction per callback: the watchdog's looks are milliseconds apart, and what it acts on stood still between two of them.
/// </remarks>
internal sealed class LoopPulse
{
    private long _callbacks;
    private Delegate? _callback;
    private object? _state;
    private volatile bool _isAsleep;

    /// <summary>Callbacks begun so far. Unchanged between two looks: the same one, or none.</summary>
    public long Callbacks => Volatile.Read(ref _callbacks);

    /// <summary>What runs now; null: the loop is between callbacks.</summary>
    public Delegate? Callback => Volatile.Read(ref _callback);

    public object? State => Volatile.Read(ref _state);

    public bool IsAsleep => _isAsleep;

    /// <summary>Set while a watchdog relies on <see cref="WakeUp"/>.</summary>
    public bool IsWatched { get; set; }

    /// <summary>The loop's thread, as <see cref="ThreadNumber"/> has it.</summary>
    public long ThreadId { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(Delegate callback)
    {
        _callbacks++;
        _callback = callback;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(Delegate callback, object? state)
    {
        Begin(callback);
        _state = state;
    }

    /// <summary>The turn is over; what the last callback held must not live on here.</summary>
    public void End()
    {
        _callback = null;
        _state = null;
    }

    public void FallAsleep() => _isAsleep = true;

    public void WakeUp()
    {
        _isAsleep = false;
        if (!IsWatched) return;
        Interlocked.MemoryBarrier(); // say that you are awake, then look who sleeps; the watchdog does the same the other way round
        Watchdog.Wake();
    }
}
