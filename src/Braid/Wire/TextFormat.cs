using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Braid.Wire;

/// <summary>Text as UTF-8; as UTF-16 when it has half a surrogate pair, which UTF-8 would replace in silence.</summary>
internal sealed class TextFormat : PayloadFormat<string?>
{
    private const byte Null = 0;
    private const byte Utf8 = 1;
    private const byte Utf16 = 2;

    // Up to here memory for the worst case is reserved, instead of going through the text twice.
    private const int ShortText = 512;
    private const int MostBytesPerCharacter = 3;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal override void Write(IBufferWriter<byte> output, string? value)
    {
        if (value is null) output.WriteByte(Null);
        else if (HasLoneSurrogate(value)) WriteUtf16(output, value);
        else WriteUtf8(output, value);
    }

    internal override string? Read(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) throw Malformed(data.Length);
        try
        {
            return data[0] switch
            {
                Null when data.Length == 1 => null,
                Utf8 => Strict.GetString(data[1..]),
                Utf16 when data.Length % sizeof(char) == 1 => Utf16Text(data[1..]),
                _ => throw Malformed(data.Length),
            };
        }
        catch (DecoderFallbackException)
        {
            throw Malformed(data.Length);
        }
    }

    /// <summary>True if the text is not valid UTF-16.</summary>
    internal static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        // Vectorized, and for nearly every text the end of it.
        int first = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        for (int i = first; i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }

    private static void WriteUtf8(IBufferWriter<byte> output, string value)
    {
        long length = value.Length <= ShortText ? value.Length * MostBytesPerCharacter : LongByteCount(value);
        if (length >= Array.MaxLength) throw TooLong(value, length);
        var span = output.GetSpan(1 + (int)length);
        span[0] = Utf8;
        output.Advance(1 + Encoding.UTF8.GetBytes(value, span[1..]));
    }

    private static void WriteUtf16(IBufferWriter<byte> output, string value)
    {
        long length = (long)value.Length * sizeof(char);
        if (length >= Array.MaxLength) throw TooLong(value, length);
        output.WriteByte(Utf16);
        output.Write(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    // Encoding.GetByteCount counts in 32 bits, which the longest texts exceed: they are counted in parts, cut between pairs.
    private static long LongByteCount(string value)
    {
        const int Part = 1 << 28;
        long count = 0;
        for (var rest = value.AsSpan(); !rest.IsEmpty;)
        {
            int length = Math.Min(Part, rest.Length);
            if (length < rest.Length && char.IsHighSurrogate(rest[length - 1])) length--;
            count += Encoding.UTF8.GetByteCount(rest[..length]);
            rest = rest[length..];
        }

        return count;
    }

    private static string Utf16Text(ReadOnlySpan<byte> data) =>
        string.Create(data.Length / sizeof(char), data, static (text, bytes) => bytes.CopyTo(MemoryMarshal.AsBytes(text)));

    private static WorkNotPortableException TooLong(string value, long length) =>
        new($"A text of {value.Length:N0} characters takes {length:N0} bytes; {Array.MaxLength:N0} are the limit. Send parts of it, or a file's name instead of its content.");
}
