using System.Buffers;
using System.Buffers.Binary;

namespace Braid.Wire;

/// <summary>Frames being written, one after another, in one block of memory. Not thread-safe.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    // Above this the memory is given back after use: a worker that once got 1 GB does not keep it.
    private const int MostKept = 1024 * 1024;
    private const int FirstSize = 4096;

    private byte[] _bytes = new byte[FirstSize];
    private FrameType _type;
    private int _frameStart;

    /// <summary>Bytes written, the open frame included.</summary>
    internal int Length { get; private set; }

    internal bool IsEmpty => Length == 0;

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Opens a frame; what is written until <see cref="End"/> is its body.</summary>
    internal void Begin(FrameType type)
    {
        _type = type;
        _frameStart = Length;
        GetSpan(Frame.HeaderLength);
        Length += Frame.HeaderLength;
    }

    /// <summary>Closes the frame that was opened last.</summary>
    /// <exception cref="InvalidOperationException">It is longer than frames of its type may be; it has been dropped.</exception>
    internal void End()
    {
        int length = Length - _frameStart - Frame.HeaderLength;
        if (length > Frame.LongestBody(_type))
        {
            Drop();
            throw new InvalidOperationException(
                $"A {_type} frame of {length:N0} bytes is above the limit of {Frame.LongestBody(_type):N0}. Send less at once, or a file's name instead of its content.");
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_frameStart), length);
        _bytes[_frameStart + sizeof(int)] = (byte)_type;
    }

    /// <summary>Forgets the frame that was opened last.</summary>
    internal void Drop() => Length = _frameStart;

    /// <summary>Forgets everything from there on: frames that were opened, and perhaps not closed, before something failed.</summary>
    internal void TruncateTo(int length) => Length = length;

    internal void WriteItemFrame(FrameType type, long itemId)
    {
        Begin(type);
        this.WriteInt64(itemId);
        End();
    }

    internal void WriteGoodbye()
    {
        Begin(FrameType.Goodbye);
        End();
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    internal void Clear()
    {
        Length = 0;
        _frameStart = 0;
        if (_bytes.Length > MostKept) _bytes = new byte[FirstSize];
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_bytes.Length - Length >= needed) return;
        long wanted = Math.Max((long)Length + needed, Math.Min(2L * _bytes.Length, Array.MaxLength));
        if (wanted > Array.MaxLength)
            throw new InvalidOperationException($"An argument or a result takes more than {Array.MaxLength:N0} bytes when encoded. Send less at once, or a file's name instead of its content.");

        byte[] larger = GC.AllocateUninitializedArray<byte>((int)wanted);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        _bytes = larger;
    }
}
