namespace Braid.Wire;

/// <summary>
/// Sends frames from any thread. Whoever finds nobody sending sends, and goes on with what others add meanwhile; the others leave at once.
/// So frames that wait share a write, and nobody waits for a slow peer but the one who sends.
/// </summary>
internal sealed class FrameWriter(Stream stream)
{
    // Frames above this are handed over with their memory; below, copying is cheaper than another buffer and another write.
    private const int MostCopied = 64 * 1024;

    // Guards _pending, _isSending and _isBroken.
    private readonly Lock _gate = new();
    private readonly Queue<FrameBuffer> _pending = new();
    private FrameBuffer _tail = new();
    private FrameBuffer? _spare = new();
    private bool _isSending;
    private bool _isBroken;

    // A frame was added that the peer must read although it is busy.
    private bool _isUrgent;

    /// <summary>Adds frames without sending. Returns what the caller may write its next frames into: its own buffer, or another one.</summary>
    internal FrameBuffer Add(FrameBuffer frames)
    {
        lock (_gate)
        {
            if (_isBroken || frames.Length <= MostCopied)
            {
                if (!_isBroken) _tail.Append(frames.Written.Span);
                frames.Clear();
                return frames;
            }

            if (!_tail.IsEmpty)
            {
                _pending.Enqueue(_tail);
                _tail = new();
            }

            _pending.Enqueue(frames);
            return new() { Large = frames.Large };
        }
    }

    /// <summary>Adds a frame about a call that the peer has: it shall not wait until the peer is free.</summary>
    internal void Add(FrameType type, long itemId)
    {
        lock (_gate)
        {
            if (_isBroken) return;
            _tail.WriteItemFrame(type, itemId);
            _isUrgent = true;
        }
    }

    internal void AddGoodbye()
    {
        lock (_gate)
        {
            if (!_isBroken) _tail.WriteGoodbye();
        }
    }

    /// <summary>Sends what was added, unless somebody else is at it. May wait for the peer to read.</summary>
    /// <remarks>A peer that is gone is not an error here: the reader of the connection sees its end and tells what it means.</remarks>
    internal void Flush()
    {
        if (!TryBegin()) return;
        while (TryNext(out var next, out bool isUrgent))
        {
            try
            {
                stream.Write(next.Written.Span);
                if (isUrgent) stream.Flush();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                Break();
                return;
            }

            next.Clear();
            Volatile.Write(ref _spare, next);
        }
    }

    /// <summary>Sends what was added, on another thread: for callers that must not wait for the peer.</summary>
    internal void FlushElsewhere() => ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.Flush(), this, preferLocal: false);

    private bool TryBegin()
    {
        lock (_gate)
        {
            if (_isBroken || _isSending) return false;
            _isSending = true;
            return true;
        }
    }

    private bool TryNext(out FrameBuffer next, out bool isUrgent)
    {
        lock (_gate)
        {
            isUrgent = _isUrgent;
            if (_pending.TryDequeue(out next!)) return true;
            if (_tail.IsEmpty)
            {
                // In the same breath as "nothing is left": what is added from now on finds nobody sending.
                _isSending = false;
                return false;
            }

            _isUrgent = false;
            next = _tail;
            _tail = Interlocked.Exchange(ref _spare, null) ?? new();
            return true;
        }
    }

    private void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            _isSending = false;
            _pending.Clear();
            _tail.Clear();
        }
    }
}
