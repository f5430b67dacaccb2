namespace Braid.Loops;

/// <summary>What a number of <see cref="TimerTable"/> stands for.</summary>
internal enum TimerState
{
    Free,

    /// <summary>An <see cref="ILoopTimer"/> that is set.</summary>
    Timer,

    /// <summary>It was one, and the wheel still knows it.</summary>
    Removed,

    /// <summary>A sleep whose time has not come.</summary>
    Asleep,

    /// <summary>A sleep that is over, and its result not yet taken.</summary>
    Over,

    /// <summary>A sleep that the loop's end has ended.</summary>
    Abandoned,
}

/// <summary>One timer of a loop.</summary>
internal struct TimerEntry
{
    /// <summary>The <see cref="ILoopTimer"/>, or what a sleep's callback is called with.</summary>
    public object? Target;

    /// <summary>What goes on when a sleep is over; null: nobody awaits it yet.</summary>
    public Action<object?>? Callback;

    /// <summary>When, in timestamps of the loop's clock.</summary>
    public long Deadline;

    /// <summary>The number of the next in the same list: of free ones, or of a wheel's slot. 0: it is the last.</summary>
    public int Next;

    private volatile byte _state;

    /// <summary>How the callback is called.</summary>
    public ReadyKind Kind;

    /// <summary>How often a sleep's result was taken here; it wraps around.</summary>
    public byte Version;

    /// <summary>Read by other threads first, written last.</summary>
    public TimerState State
    {
        readonly get => (TimerState)_state;
        set => _state = (byte)value;
    }
}
