using Braid.Wire;

namespace Braid.Processes;

/// <summary>Who reads what a worker says, and when.</summary>
/// <remarks>
/// The connection's own thread; through shared memory also any thread that waits for an item and looks here meanwhile, one at a time.
/// </remarks>
internal sealed partial class WorkerConnection
{
    // Held by who reads from shared memory.
    private readonly Lock _readGate = new();
    private InvalidFrameException? _broken;

    // A frame has begun that only the connection's own thread reads.
    private volatile bool _isLongComing;

    /// <inheritdoc cref="Executor.BeginLooking"/>
    internal void BeginLooking() => _shared?.BeginLooking();

    /// <inheritdoc cref="Executor.TryAdvance"/>
    internal bool TryAdvance()
    {
        // Held by this thread: a result's own code is being decoded, and waits for another item.
        if (_shared is not { HasBytes: true } || _readGate.IsHeldByCurrentThread || !_readGate.TryEnter()) return false;
        bool isAny = false;
        try
        {
            isAny = _broken is null && TakeWhole();
        }
        catch (InvalidFrameException exception)
        {
            // The connection's own thread ends it; whoever reads on would misread.
            _broken = exception;
            _shared.MarkClosed();
        }
        finally
        {
            _readGate.Exit();
        }

        if (isAny) Refill(mayWait: false);
        return isAny;
    }

    /// <summary>
    /// Takes the frames that are here in full. Never waits for the rest of one: the connection's own thread may be asleep on the same signal, and
    /// a wake-up meant for one of two sleepers may go to the other.
    /// </summary>
    private bool TakeWhole()
    {
        bool isAny = false;
        while (HasWhole(out bool isLong))
        {
            // A matter for the connection's own thread, now.
            if (isLong)
            {
                _isLongComing = true;
                _shared!.EndLooking();
            }

            if (isLong || !_reader.TryRead(out var frame)) break;
            Take(frame);
            isAny = true;
        }

        return isAny;
    }

    /// <summary>Reads without waiting until a frame is here in full, or one begins for which the buffer is too small. False: neither.</summary>
    private bool HasWhole(out bool isLong)
    {
        isLong = false;
        while (!_reader.HasFrame)
        {
            isLong = _reader.BeginsLongFrame();
            if (isLong) return true;
            int count = _shared!.ReadAvailable(_reader.GetRoom());
            if (count == 0) return false;
            _reader.Advance(count);
        }

        return true;
    }

    /// <inheritdoc cref="Executor.PauseLooking"/>
    internal void PauseLooking()
    {
        // Then there is something to do for the connection's own thread that nobody else will.
        if (_isLongComing) _shared?.EndLooking();
        else _shared?.PauseLooking();
    }

    /// <inheritdoc cref="Executor.EndLooking"/>
    internal void EndLooking() => _shared?.EndLooking();

    private void ReadSocket()
    {
        while (_reader.TryRead(out var frame))
        {
            Take(frame);
            if (!_reader.HasFrame) Refill();
        }
    }

    private void ReadShared()
    {
        while (_shared!.WaitForBytes())
        {
            lock (_readGate)
            {
                if (_broken is not null) throw _broken;
                TakeAll();
            }

            Refill();
        }

        lock (_readGate)
        {
            if (_broken is not null) throw _broken;
        }
    }

    private void TakeAll()
    {
        try
        {
            while (HasWhole(out _) && _reader.TryRead(out var frame)) Take(frame);
            _isLongComing = false;
        }
        catch (InvalidFrameException exception)
        {
            // Nobody who looks may read on.
            _broken = exception;
            throw;
        }
    }
}
