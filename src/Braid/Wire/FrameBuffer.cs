using System.Buffers;
using System.Buffers.Binary;

namespace Braid.Wire;

/// <summary>Frames being written, one after another, in one block of memory. Not thread-safe.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    // Above this the memory is given back after use: a worker that once got 1 GB does not keep it.
    private const int MostKept = 1024 * 1024;
    private const int FirstSize = 4096;
    private const int None = -1;

    private byte[] _bytes = new byte[FirstSize];
    private FrameType _type;
    private int _frameStart;

    // Where the open frame's payload begins, and how much of it lies elsewhere; -1: it has not begun, or lies here.
    private int _payloadStart = None;
    private int _largeLength = None;

    // Where the frame that ended an item last has room for the item that begins with it; -1: there is none.
    private int _nextStart = None;

    /// <summary>Bytes written, the open frame included.</summary>
    internal int Length { get; private set; }

    internal bool IsEmpty => Length == 0;

    /// <summary>Where large payloads go; null: they stay in their frames.</summary>
    internal LargePayloads? Large { get; init; }

    /// <summary>True if the payload of the frame that was closed last lies elsewhere.</summary>
    internal bool IsLarge { get; private set; }

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Opens a frame; what is written until <see cref="End"/> is its body.</summary>
    internal void Begin(FrameType type)
    {
        _type = type;
        _frameStart = Length;
        IsLarge = false;
        TakeRoom(Frame.HeaderLength);
    }

    /// <summary>The rest of the open frame is its payload, which goes elsewhere if it is large. For frames that have such a form.</summary>
    internal void BeginPayload()
    {
        if (Large is { IsFree: true }) _payloadStart = Length;
    }

    /// <summary>Closes the frame that was opened last.</summary>
    /// <exception cref="InvalidOperationException">It is longer than frames of its type may be; it has been dropped.</exception>
    internal void End()
    {
        if (_largeLength != None) EndLarge();
        _payloadStart = None;
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
    internal void Drop() => TruncateTo(_frameStart);

    /// <summary>Forgets everything from there on: frames that were opened, and perhaps not closed, before something failed.</summary>
    internal void TruncateTo(int length)
    {
        Length = length;
        _payloadStart = _largeLength = None;
        if (_nextStart >= length) _nextStart = None;
    }

    /// <summary>As <see cref="FieldWriter"/>'s, for a frame's own fields: every call has some, and this is a third of the way to the bytes.</summary>
    internal void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(TakeRoom(sizeof(int)), value);

    /// <inheritdoc cref="WriteInt32"/>
    internal void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(TakeRoom(sizeof(long)), value);

    /// <inheritdoc cref="WriteInt32"/>
    internal void WriteText(string? text)
    {
        if (text is null) WriteInt32(FieldWriter.NullText);
        else FieldWriter.WriteText(this, text);
    }

    internal void WriteItemFrame(FrameType type, long itemId)
    {
        Begin(type);
        WriteInt64(itemId);
        End();
    }

    /// <summary>Opens a frame that ends an item. The time is written by <see cref="WriteEnded"/>.</summary>
    internal void BeginEnd(FrameType type, long itemId)
    {
        Begin(type);
        WriteInt64(itemId);
        _nextStart = Length;
        WriteInt64(Frame.NoItem);
        WriteInt64(0);
    }

    /// <summary>Says when the item ended whose frame was written last.</summary>
    /// <param name="at">Of the <see cref="SharedClock"/>.</param>
    internal void WriteEnded(long at)
    {
        if (_nextStart != None) BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_nextStart + sizeof(long)), at);
    }

    /// <summary>Says that an item begins: in the frame that ends another one, if one is here of the same moment, or in a frame of its own.</summary>
    /// <param name="itemId">The item's number.</param>
    /// <param name="at">Of the <see cref="SharedClock"/>.</param>
    internal void WriteStarted(long itemId, long at)
    {
        if (_nextStart == None || BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(_nextStart + sizeof(long))) != at)
        {
            Begin(FrameType.Started);
            WriteInt64(itemId);
            WriteInt64(at);
            End();
            _nextStart = None;
            return;
        }

        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_nextStart), itemId);
        _nextStart = None;
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
        TruncateTo(0);
        _frameStart = 0;
        if (_bytes.Length > MostKept) _bytes = new byte[FirstSize];
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_largeLength != None)
        {
            _largeLength += count;
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_payloadStart != None && GoesElsewhere(sizeHint)) return Large!.GetMemory(_largeLength, sizeHint);
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_payloadStart != None && GoesElsewhere(sizeHint)) return Large!.GetMemory(_largeLength, sizeHint).Span;
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>The error for a payload that no array takes, wherever it goes.</summary>
    internal static InvalidOperationException TooLong() =>
        new($"An argument or a result takes more than {Array.MaxLength:N0} bytes when encoded. Send less at once, or a file's name instead of its content.");

    private bool GoesElsewhere(int sizeHint)
    {
        if (_largeLength != None) return true;
        int length = Length - _payloadStart;
        if (length + (long)sizeHint < LargePayloads.Threshold) return false;
        Written.Span[_payloadStart..].CopyTo(Large!.GetMemory(0, Math.Max(length, sizeHint)).Span);
        Length = _payloadStart;
        _largeLength = length;
        return true;
    }

    private void EndLarge()
    {
        int length = _largeLength;
        _payloadStart = _largeLength = None;
        _type = _type == FrameType.Call ? FrameType.LargeCall : FrameType.LargeResult;
        Large!.WritePlace(this, length);
        IsLarge = true;
    }

    // Of a frame outside its payload.
    private Span<byte> TakeRoom(int count)
    {
        Reserve(count);
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_bytes.Length - Length < needed) Grow(needed);
    }

    private void Grow(int needed)
    {
        long wanted = Math.Max((long)Length + needed, Math.Min(2L * _bytes.Length, Array.MaxLength));
        if (wanted > Array.MaxLength) throw TooLong();
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)wanted);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        _bytes = larger;
    }
}
