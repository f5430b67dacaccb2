using Braid.Loops;

namespace Braid;

/// <summary>How an event loop, or the loops of a <see cref="LoopExecutor"/>, are set up.</summary>
public sealed record LoopOptions : ExecutorOptions
{
    /// <summary>Items in progress at once on one executor, 1 or more.</summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>Event loops, one thread each, 1 or more. <see cref="EventLoop.Run(Func{CancellationToken, Task}, LoopOptions?, CancellationToken)"/> always runs one.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>What watches the loop's sockets: by default the fastest that the operating system has.</summary>
    public LoopPoller Poller { get; init; } = LoopPoller.Default;

    /// <summary>
    /// A callback that holds the loop for longer is reported while it holds it: its name, how long, and the stack of the loop's thread. See
    /// <see cref="TracePhase.SlowCallback"/>. <see cref="Timeout.InfiniteTimeSpan"/>: no callback is.
    /// </summary>
    /// <remarks>
    /// Looked after by one thread for all loops of the process, which sleeps while they sleep. The same callback is told of again when it has held
    /// the loop ten times as long. A loop whose <see cref="ExecutorOptions.TimeProvider"/> is not the system's is not watched.
    /// </remarks>
    public TimeSpan SlowCallback { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// For tests and debugging: an async method of the program that began on the loop and goes on on another thread is reported, once. See
    /// <see cref="TracePhase.Escape"/>.
    /// </summary>
    /// <remarks>
    /// The program is its entry assembly and what was compiled without optimisation (Debug); a method that leaves the loop on purpose is marked
    /// <see cref="System.Diagnostics.DebuggerNonUserCodeAttribute"/>. While such a loop runs, every await of the process costs about a microsecond
    /// more, and the first one of an async method on the loop 20 and more. Off, it costs nothing. docs/event-loop.md says what is not seen.
    /// </remarks>
    public bool FindEscapes { get; init; }

    /// <summary>For tests: time is virtual, the order of what is ready comes from this number, and sockets are in memory. Null: none of this.</summary>
    /// <remarks>
    /// Two runs with one seed do the same in the same order. What else it means is in docs/testing.md. Not together with
    /// <see cref="ExecutorOptions.TimeProvider"/>, <see cref="Poller"/> or several <see cref="Loops"/>. An <see cref="ExecutorOptions.Timeline"/> that
    /// is given along begins anew with the loop, takes its time, and numbers items from 1.
    /// </remarks>
    public int? Seed { get; init; }

    internal override void Validate()
    {
        base.Validate();
        if (Seed is not null) ValidateSeeded();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Loops, 1);
        if (SlowCallback <= TimeSpan.Zero && SlowCallback != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(SlowCallback), SlowCallback, "SlowCallback must be positive, or Timeout.InfiniteTimeSpan.");
        if (FindEscapes && !EscapeDetector.IsSupported)
            throw new ArgumentException("FindEscapes listens to .NET's event source for tasks, and this program was built without event sources (EventSourceSupport is false): leave it out, or build with them.", nameof(FindEscapes));
        if (!Enum.IsDefined(Poller)) throw new ArgumentOutOfRangeException(nameof(Poller), Poller, "Poller must be a member of LoopPoller.");
        if (Poller == LoopPoller.Epoll && !OperatingSystem.IsLinux())
            throw new ArgumentOutOfRangeException(nameof(Poller), Poller, "Epoll is Linux's own; use LoopPoller.Default, which takes the portable poller here.");
    }

    private void ValidateSeeded()
    {
        if (TimeProvider != TimeProvider.System && TimeProvider is not VirtualTime)
            throw new ArgumentException("A loop with a Seed has a virtual clock of its own: leave TimeProvider out, and use the loop's TimeProvider inside.", nameof(TimeProvider));
        if (Poller != LoopPoller.Default)
            throw new ArgumentException($"A loop with a Seed has its sockets in memory: leave Poller out (it is {Poller}).", nameof(Poller));
        if (Loops != 1)
            throw new ArgumentOutOfRangeException(nameof(Loops), Loops, "A loop with a Seed is one thread: the order between several is the operating system's, and no seed could repeat it.");
    }
}

/// <summary>What watches a loop's sockets.</summary>
public enum LoopPoller
{
    /// <summary>Epoll on Linux, portable elsewhere.</summary>
    Default,

    /// <summary>Linux's epoll. Refused elsewhere.</summary>
    Epoll,

    /// <summary>.NET's own sockets, whose completions are posted to the loop. Works everywhere. A socket that is disposed while it receives resets its connection.</summary>
    Portable,
}
