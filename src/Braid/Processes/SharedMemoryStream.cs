using Braid.Items;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>The bytes between a parent and a worker, through two rings in shared memory: no system call while both are awake.</summary>
/// <remarks>
/// What a side wrote stays readable after it has crashed, so the parent always knows what a worker had begun and finished. The socket stays
/// open beside it: its end is how each learns that the other is gone, and a byte on it calls the worker's control thread (<see cref="Flush"/>)
/// while the main thread runs work. One thread reads and one writes at a time.
/// </remarks>
internal sealed class SharedMemoryStream : Stream
{
    /// <summary>Bytes of shared memory that it takes.</summary>
    internal const int MemoryLength = 2 * SharedRing.Length;

    private static readonly byte[] Bell = [1];

    // Less than what a worker has at hand, so that it hardly runs dry if the one who looked does not come back.
    private static readonly TimeSpan NapTime = TimeSpan.FromMilliseconds(1);

    private readonly SharedMemory _memory;
    private readonly Stream _socket;
    private readonly bool _isParent;
    private readonly unsafe int* _bell;
    private readonly SharedRingReader _incoming;
    private readonly SharedRingWriter _outgoing;
    private SpinBudget _spins = new();
    private int _looks;
    private volatile bool _isLookedAfter;
    private volatile bool _isNapping;
    private bool _isWatched;
    private volatile bool _isClosed;
    private volatile InvalidFrameException? _broken;

    internal unsafe SharedMemoryStream(SharedMemory memory, Stream socket, int peerId, bool isParent)
    {
        _memory = memory;
        _socket = socket;
        _isParent = isParent;
        byte* toWorker = memory.Address;
        _bell = (int*)(toWorker + SharedRing.BellOffset);
        byte* toParent = memory.Address + SharedRing.Length;
        _incoming = new(isParent ? toParent : toWorker);
        _outgoing = new(isParent ? toWorker : toParent);
        Payloads = new((int*)((isParent ? toWorker : toParent) + SharedRing.PayloadOffset), memory);
        PayloadReader = new((int*)((isParent ? toParent : toWorker) + SharedRing.PayloadOffset), memory, peerId);
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Where large payloads to the peer go.</summary>
    internal SharedPayloads Payloads { get; }

    /// <summary>Where large payloads from the peer are found.</summary>
    internal SharedPayloadReader PayloadReader { get; }

    /// <summary>True if reading does not wait. From any thread.</summary>
    internal bool HasBytes
    {
        get
        {
            bool hasBytes = _incoming.HasBytes;
            GC.KeepAlive(_memory);
            return hasBytes;
        }
    }

    /// <summary>True if writing so many bytes does not wait. For who writes.</summary>
    /// <exception cref="InvalidFrameException">The peer has broken the memory.</exception>
    internal bool HasRoomFor(int count)
    {
        bool hasRoom = _outgoing.Room >= count;
        GC.KeepAlive(_memory);
        return hasRoom;
    }

    /// <summary>Until there is something to read, which another thread may read first, or the peer is gone. False: gone, and nothing is left.</summary>
    /// <exception cref="InvalidFrameException">Nothing is left, and the peer is not gone: it has broken the memory or the socket.</exception>
    internal bool WaitForBytes()
    {
        LeaveToOthers();
        while (!LookForBytes())
        {
            _incoming.Signal.Announce();
            if (!_incoming.HasBytes && !_isClosed) _incoming.Signal.Sleep();
            _incoming.Signal.Withdraw();
            LeaveToOthers();
            GC.KeepAlive(_memory);
            if (!_isClosed) continue;
            if (HasBytes) return true;
            return _broken is { } broken ? throw broken : false;
        }

        return true;
    }

    /// <summary>Somebody looks at <see cref="HasBytes"/>: whoever sleeps here need not be woken.</summary>
    internal void BeginLooking()
    {
        _incoming.Signal.Withdraw();
        GC.KeepAlive(_memory);
    }

    /// <summary>Whoever looked will look again, probably: whoever sleeps here reads only if that does not happen soon.</summary>
    internal void PauseLooking()
    {
        // Not exact if two do it at once, and it need not be.
        Volatile.Write(ref _looks, _looks + 1);
        _isLookedAfter = true;
        if (!_isNapping) Announce();
    }

    /// <summary>Nobody looks any more: whoever sleeps here is woken by what comes next, and by what came in this moment.</summary>
    internal void EndLooking()
    {
        _isLookedAfter = false;
        Announce();
    }

    /// <summary>Reads what is here, without waiting. Returns how much that was.</summary>
    internal int ReadAvailable(Span<byte> buffer)
    {
        int count = _incoming.Read(buffer);
        GC.KeepAlive(_memory);
        return count;
    }

    public override int Read(Span<byte> buffer)
    {
        int count = _incoming.Read(buffer);
        while (count == 0 && WaitForBytes()) count = _incoming.Read(buffer);
        GC.KeepAlive(_memory);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (true)
            {
                if (_isClosed) throw new IOException("The peer is gone.");
                buffer = buffer[_outgoing.Write(buffer)..];
                if (buffer.IsEmpty) break;
                WaitForRoom();
            }
        }
        catch (InvalidFrameException exception)
        {
            // Whoever writes is not who ends the connection: the reader is.
            Break(exception);
            throw new IOException("The peer is not to be trusted any more.", exception);
        }

        GC.KeepAlive(_memory);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Parent: sees to it that the worker reads what was written although it runs work.</summary>
    public override unsafe void Flush()
    {
        // Not once more while it has not been heard: a socket full of bells would make us wait for the worker, and it may wait for us.
        if (!_isParent || _isClosed || Interlocked.Exchange(ref *_bell, 1) != 0) return;
        GC.KeepAlive(_memory);
        try
        {
            _socket.Write(Bell);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The worker is gone, and whoever watches the socket tells.
        }
    }

    /// <summary>Worker: waits for the bell. False: the parent is gone.</summary>
    internal unsafe bool WaitForBell()
    {
        Span<byte> rung = stackalloc byte[1];
        if (_socket.Read(rung) == 0) return false;

        // Before what was written is read: what comes later rings again.
        Interlocked.Exchange(ref *_bell, 0);
        return true;
    }

    /// <summary>The peer is gone: whoever waits here returns. What it wrote can still be read.</summary>
    internal void MarkClosed()
    {
        _isClosed = true;
        _incoming.Signal.WakeAll();
        _outgoing.Signal.WakeAll();
        GC.KeepAlive(_memory);
    }

    /// <summary>
    /// Parent: learns from now on that the peer is gone. To be called before any wait for the peer. Elsewhere, because the first time takes
    /// milliseconds, in which whoever calls this has a first result to read.
    /// </summary>
    internal void Watch()
    {
        if (_isWatched) return;
        _isWatched = true;
        ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.WatchAsync(), this, preferLocal: false);
    }

    /// <summary>Completes when the peer is gone.</summary>
    internal async Task WatchAsync()
    {
        try
        {
            // A worker sends nothing here, so whatever comes is the end.
            if (await _socket.ReadAsync(new byte[1]).ConfigureAwait(false) > 0)
                Break(new("The worker wrote to the socket, which is there to show its end and nothing else."));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
        }

        MarkClosed();
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        MarkClosed();
        _socket.Dispose();
        base.Dispose(disposing);
    }

    private void Break(InvalidFrameException exception)
    {
        _broken = exception;
        MarkClosed();
    }

    private void Announce()
    {
        _incoming.Signal.Announce();
        if (HasBytes || _isClosed) _incoming.Signal.Wake();
        GC.KeepAlive(_memory);
    }

    /// <summary>Waits as long as somebody else looks again and again.</summary>
    private void LeaveToOthers()
    {
        if (!_isLookedAfter) return;
        _isNapping = true;
        _incoming.Signal.Withdraw();
        while (_isLookedAfter && !_isClosed)
        {
            int looks = Volatile.Read(ref _looks);
            _incoming.Signal.Nap(NapTime);
            if (looks == Volatile.Read(ref _looks)) _isLookedAfter = false;
        }

        _isNapping = false;
    }

    private bool LookForBytes()
    {
        int rounds = _isParent ? 0 : _spins.Rounds;
        for (int round = 0; round < rounds && !HasBytes; round++) SpinBudget.Pause(round);
        _spins.Learn(HasBytes);
        return HasBytes;
    }

    private void WaitForRoom()
    {
        _outgoing.Signal.Announce();

        // A worker whose main thread runs work reads nothing by itself.
        if (!_outgoing.HasRoom) Flush();
        if (!_outgoing.HasRoom && !_isClosed) _outgoing.Signal.Sleep();
        _outgoing.Signal.Withdraw();
    }
}
