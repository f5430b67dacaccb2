using System.Buffers.Binary;

namespace Braid.Wire;

/// <summary>Reads frames from a stream, blocking. For one thread.</summary>
internal sealed class FrameReader(Stream stream)
{
    private const int BufferSize = 64 * 1024;

    // What a peer gets on its word; for more it has to send this much first. So announcing costs nobody memory, and copying is rare.
    private const int MostOnTrust = 16 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;

    /// <summary>The longest body accepted, whatever its type allows: small until the peer has proved who it is.</summary>
    internal int LongestBody { get; set; } = Frame.LongestHandshake;

    /// <summary>How often it has read from the stream, which takes time: perhaps much, for a long frame.</summary>
    internal long Reads { get; private set; }

    /// <summary>True if the next frame is here in full, so that reading it does not wait.</summary>
    internal bool HasFrame =>
        _end - _start >= Frame.HeaderLength
        && _end - _start - Frame.HeaderLength >= BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));

    /// <summary>True if the next frame has begun and is too long for the buffer. Looks at its header now: who waits for the rest may wait for ever.</summary>
    /// <exception cref="InvalidFrameException">The frame's type or length is not allowed.</exception>
    internal bool BeginsLongFrame() => _end - _start >= Frame.HeaderLength && CheckHeader().Length > BufferSize - Frame.HeaderLength;

    /// <summary>Room for bytes that somebody else reads for us, to be followed by <see cref="Advance"/>. There is some unless a whole frame is here.</summary>
    internal Span<byte> GetRoom()
    {
        if (_end == _start || _end == BufferSize) MoveToFront();
        return _buffer.AsSpan(_end);
    }

    /// <summary>So many bytes were put into the room.</summary>
    internal void Advance(int count) => _end += count;

    /// <summary>The next frame; false at the end of the stream.</summary>
    /// <exception cref="InvalidFrameException">The frame's type or length is not allowed.</exception>
    /// <exception cref="EndOfStreamException">The stream ends inside the frame: the peer was ended in the middle of a word.</exception>
    internal bool TryRead(out Frame frame)
    {
        frame = default;
        if (!TryFill(Frame.HeaderLength)) return false;

        // Before anything is allocated for it.
        var (type, length) = CheckHeader();
        _start += Frame.HeaderLength;
        bool isSmall = length <= BufferSize;
        frame = new(type, isSmall ? ReadSmall(length) : ReadLarge(length), isOwn: !isSmall);
        return true;
    }

    /// <summary>The next frame, which must be of this type.</summary>
    internal Frame Expect(FrameType type)
    {
        if (!TryRead(out var frame)) throw new InvalidFrameException($"The connection ended where a {type} frame was expected.");
        if (frame.Type != type) throw new InvalidFrameException($"A {frame.Type} frame came where a {type} frame was expected.");
        return frame;
    }

    private static EndOfStreamException EndedInside() => new("The connection ended inside a frame.");

    private (FrameType Type, int Length) CheckHeader()
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        var type = (FrameType)_buffer[_start + sizeof(int)];
        int longest = Frame.LongestBody(type);
        if (longest < 0) throw new InvalidFrameException($"Frame type {(byte)type} does not exist.");
        longest = Math.Min(longest, LongestBody);
        if (length < 0 || length > longest) throw new InvalidFrameException($"A {type} frame announces {(uint)length:N0} bytes; at most {longest:N0} are allowed here.");
        return (type, length);
    }

    private ReadOnlyMemory<byte> ReadSmall(int length)
    {
        if (!TryFill(length)) throw EndedInside();
        var body = _buffer.AsMemory(_start, length);
        _start += length;
        return body;
    }

    // Into memory of its own, straight from the socket: one copy less for what is large.
    private ReadOnlyMemory<byte> ReadLarge(int length)
    {
        byte[] body = GC.AllocateUninitializedArray<byte>(Math.Min(length, MostOnTrust));
        int done = _end - _start;
        _buffer.AsSpan(_start, done).CopyTo(body);
        _start = _end = 0;
        while (done < length)
        {
            if (done == body.Length) body = Longer(body, (int)Math.Min(length, 2L * done));
            Reads++;
            int read = stream.Read(body, done, body.Length - done);
            if (read == 0) throw EndedInside();
            done += read;
        }

        return body;
    }

    private static byte[] Longer(byte[] bytes, int length)
    {
        byte[] longer = GC.AllocateUninitializedArray<byte>(length);
        bytes.CopyTo(longer, 0);
        return longer;
    }

    private void MoveToFront()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }

    /// <summary>Makes sure that so many bytes are in the buffer. False if the stream ended before the first of them.</summary>
    private bool TryFill(int count)
    {
        if (_end - _start >= count) return true;
        if (_start + count > BufferSize) MoveToFront();

        while (_end - _start < count)
        {
            if (_end == _start) _start = _end = 0;
            Reads++;
            int read = stream.Read(_buffer, _end, BufferSize - _end);
            if (read == 0 && _end > _start) throw EndedInside();
            if (read == 0) return false;
            _end += read;
        }

        return true;
    }
}
