namespace Braid.Loops;

/// <summary>One direction of a connection in memory: a bounded buffer whose bytes arrive a while after they were written.</summary>
/// <remarks>
/// <code>
///   MemorySend ──► |read ........ arrived ........ written| ──► MemoryReceive
///                   └ to be taken ┘└── under way ──┘
/// </code>
/// The seed decides how much of a send goes on the way at once, how long it travels (in order, 0 to 1 ms), and how much of what has
/// arrived a receive takes. So a program sees here what it would see on a bad day of a real network: half a message, two in one.
/// </remarks>
internal sealed class MemoryPipe(MemoryPoller poller)
{
    // Small, so that a sender meets a full buffer soon, as it would with a slow peer.
    private const int Capacity = 16 * 1024;

    // One write or read in so many is cut at a random place.
    private const int CutOneIn = 4;

    private byte[]? _ring;
    private long _written;
    private long _arrived;
    private long _read;
    private long _lastArrival;
    private bool _isClosed; // the sending side has said its last: an end or a reset

    /// <summary>Called when there is something to receive, or an end.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Called when there is room to send again.</summary>
    public Action? Emptied { get; set; }

    /// <summary>Called when something arrives after <see cref="Abandon"/>: the sender learns that nobody reads.</summary>
    public Action? Refused { get; set; }

    /// <summary>The end has arrived.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>A reset has arrived.</summary>
    public bool IsReset { get; private set; }

    /// <summary>Nobody reads any more.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>The sending side has ended.</summary>
    public bool IsEnded => _isClosed;

    public int Available => (int)(_arrived - _read);

    /// <summary>There is something that was sent and not received.</summary>
    public bool HasUnread => _written > _read;

    /// <summary>Puts bytes on the way, as many as there is room for and the seed likes.</summary>
    /// <returns>How many; 0: the buffer is full.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var count = Cut(Math.Min(bytes.Length, Capacity - (int)(_written - _read)));
        if (count == 0) return 0;
        _ring ??= new byte[Capacity];
        var start = (int)(_written % Capacity);
        var first = Math.Min(count, Capacity - start);
        bytes[..first].CopyTo(_ring.AsSpan(start));
        bytes[first..count].CopyTo(_ring);
        _written += count;
        Send(() => _arrived += count);
        return count;
    }

    /// <summary>Takes what has arrived, as much as fits and the seed likes.</summary>
    public int Read(Span<byte> buffer)
    {
        var count = Cut(Math.Min(buffer.Length, Available));
        if (count == 0) return 0;
        var start = (int)(_read % Capacity);
        var first = Math.Min(count, Capacity - start);
        _ring.AsSpan(start, first).CopyTo(buffer);
        _ring.AsSpan(0, count - first).CopyTo(buffer[first..]);
        _read += count;
        Emptied?.Invoke();
        return count;
    }

    /// <summary>Sends the end, after all that was written.</summary>
    public void End()
    {
        if (_isClosed) return;
        _isClosed = true;
        Send(() => HasEnded = true);
    }

    /// <summary>Sends a reset, after all that was written.</summary>
    public void Reset()
    {
        _isClosed = true;
        Send(() => IsReset = true);
    }

    /// <summary>The receiving side is closed.</summary>
    public void Abandon()
    {
        IsAbandoned = true;
        _read = _arrived = _written; // room for what will come: it is thrown away
    }

    private void Send(Action arrive)
    {
        _lastArrival = Math.Max(_lastArrival, poller.Loop.Timers.DeadlineAfter(poller.Simulation.NextDelay()));
        poller.At(_lastArrival, () => Deliver(arrive));
    }

    private void Deliver(Action arrive)
    {
        if (IsAbandoned)
        {
            _read = _arrived = _written;
            Refused?.Invoke();
            return;
        }

        arrive();
        Arrived?.Invoke();
    }

    private int Cut(int count) => count > 1 && poller.Simulation.Random.OneIn(CutOneIn) ? 1 + poller.Simulation.Random.Below(count - 1) : count;
}
