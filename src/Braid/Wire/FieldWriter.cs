using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Braid.Wire;

/// <summary>Writes the fields of frames: little-endian, texts with their length before them.</summary>
internal static class FieldWriter
{
    /// <summary>The length that stands for a text that is null.</summary>
    internal const int NullText = -1;

    internal static void WriteByte(this IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    internal static void WriteInt32(this IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value);
        output.Advance(sizeof(int));
    }

    internal static void WriteInt64(this IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    internal static void WriteText(this IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            output.WriteInt32(NullText);
            return;
        }

        int length = Encoding.UTF8.GetByteCount(text);
        output.WriteInt32(length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    internal static void WriteTexts(this IBufferWriter<byte> output, IReadOnlyList<string> texts)
    {
        output.WriteInt32(texts.Count);
        foreach (string text in texts) output.WriteText(text);
    }
}
