using System.Buffers.Binary;
using System.Text;

namespace Braid.Wire;

/// <summary>Reads the fields of a frame, in the order in which <see cref="FieldWriter"/> wrote them. Never reads past the end, never trusts a length.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private readonly int _total = bytes.Length;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes read so far.</summary>
    internal readonly int Position => _total - _rest.Length;

    internal int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(sizeof(int)));

    internal long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(sizeof(long)));

    internal Guid ReadGuid() => new(ReadBytes(16));

    internal string ReadText() => ReadOptionalText() ?? throw new InvalidFrameException("A text is missing in a frame.");

    internal string? ReadOptionalText()
    {
        int length = ReadInt32();
        return length == FieldWriter.NullText ? null : Encoding.UTF8.GetString(ReadBytes(length));
    }

    internal string[] ReadTexts()
    {
        int count = ReadInt32();

        // Every text takes at least its length field, so a count that the frame cannot hold is refused before it is allocated.
        if ((uint)count > (uint)(_rest.Length / sizeof(int)))
            throw new InvalidFrameException($"A frame announces {count} texts in {_rest.Length} bytes.");
        string[] texts = new string[count];
        for (int i = 0; i < count; i++) texts[i] = ReadText();
        return texts;
    }

    internal ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw new InvalidFrameException($"A frame ends too early: {count} bytes are announced and {_rest.Length} are left.");
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    internal readonly void ExpectEnd()
    {
        if (!_rest.IsEmpty) throw new InvalidFrameException($"A frame has {_rest.Length} bytes too many.");
    }
}
