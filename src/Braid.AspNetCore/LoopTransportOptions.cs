namespace Braid.AspNetCore;

/// <summary>How Kestrel's connections run on event loops. Immutable; <c>new()</c> is a useful value.</summary>
public sealed record LoopTransportOptions
{
    /// <summary>Event loops, one thread each, 1 or more. A connection stays on its loop. With 1 no two requests ever run at the same moment.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>What watches the sockets: by default the fastest that the operating system has.</summary>
    public LoopPoller Poller { get; init; } = LoopPoller.Default;

    /// <summary>
    /// Each loop listens on each TCP port itself, and the system spreads the connections over them by a hash of their addresses (SO_REUSEPORT). Spares
    /// handing connections over, which counts when they are short; a few long ones may all meet on one loop. Off: one loop accepts, and the
    /// loops get the connections in turn. Linux only; elsewhere, on Unix sockets and with one loop it changes nothing.
    /// </summary>
    /// <remarks>Another process of the same user that asks for it too can then take the same port and gets a part of the connections.</remarks>
    public bool SharePort { get; init; }

    /// <summary>The beginning of the threads' names.</summary>
    public string Name { get; init; } = "Braid web";

    /// <summary>Bytes that a connection receives ahead of who reads them; beyond, the client has to wait. 1 or more.</summary>
    public long MaxReadBufferSize { get; init; } = 1024 * 1024;

    /// <summary>Bytes of an answer that wait for a slow client; beyond, who writes has to wait. 1 or more.</summary>
    public long MaxWriteBufferSize { get; init; } = 64 * 1024;

    /// <summary>For tests and debugging: tells of async methods of the program that leave their connection's loop. See <see cref="LoopOptions.FindEscapes"/>.</summary>
    public bool FindEscapes { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Loops, 1);
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReadBufferSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWriteBufferSize, 1);
        LoopOptions(0).Validate();
    }

    internal LoopOptions LoopOptions(int number) => new() { Name = $"{Name} {number}", Poller = Poller, FindEscapes = FindEscapes };
}
