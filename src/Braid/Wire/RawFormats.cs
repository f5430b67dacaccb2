using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Braid.Items;

namespace Braid.Wire;

/// <summary>A value as it lies in memory.</summary>
internal sealed class RawFormat<T> : PayloadFormat<T> where T : unmanaged
{
    internal override void Write(IBufferWriter<byte> output, T value)
    {
        MemoryMarshal.Write(output.GetSpan(Unsafe.SizeOf<T>()), value);
        output.Advance(Unsafe.SizeOf<T>());
    }

    internal override T Read(ReadOnlySpan<byte> data) => data.Length == Unsafe.SizeOf<T>() ? MemoryMarshal.Read<T>(data) : throw Malformed(data.Length);
}

/// <summary>A value through parts of which not every bit pattern is valid: the type's own constructor checks them.</summary>
internal sealed class ConvertedFormat<T, TParts>(Func<T, TParts> take, Func<TParts, T> make) : PayloadFormat<T> where TParts : unmanaged
{
    internal override void Write(IBufferWriter<byte> output, T value)
    {
        MemoryMarshal.Write(output.GetSpan(Unsafe.SizeOf<TParts>()), take(value));
        output.Advance(Unsafe.SizeOf<TParts>());
    }

    internal override T Read(ReadOnlySpan<byte> data)
    {
        if (data.Length != Unsafe.SizeOf<TParts>()) throw Malformed(data.Length);
        try
        {
            return make(MemoryMarshal.Read<TParts>(data));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw Malformed(data.Length);
        }
    }
}

/// <summary>An array of values as they lie in memory. The first byte tells null from empty.</summary>
internal sealed class RawArrayFormat<TElement> : PayloadFormat<TElement[]?> where TElement : unmanaged
{
    private const byte Null = 0;
    private const byte Present = 1;

    internal override void Write(IBufferWriter<byte> output, TElement[]? value)
    {
        output.Write([value is null ? Null : Present]);
        var bytes = MemoryMarshal.AsBytes(value.AsSpan());

        // Asked for at once: the buffer then grows once instead of doubling its way up.
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }

    internal override TElement[]? Read(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || data[0] > Present || (data.Length - 1) % Unsafe.SizeOf<TElement>() != 0) throw Malformed(data.Length);
        if (data[0] == Null) return null;
        var array = GC.AllocateUninitializedArray<TElement>((data.Length - 1) / Unsafe.SizeOf<TElement>());
        data[1..].CopyTo(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }
}

internal sealed class MemoryFormat : PayloadFormat<Memory<byte>>
{
    internal override void Write(IBufferWriter<byte> output, Memory<byte> value) => output.Write(value.Span);

    internal override Memory<byte> Read(ReadOnlySpan<byte> data) => data.ToArray();
}

internal sealed class ReadOnlyMemoryFormat : PayloadFormat<ReadOnlyMemory<byte>>
{
    internal override void Write(IBufferWriter<byte> output, ReadOnlyMemory<byte> value) => output.Write(value.Span);

    internal override ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> data) => data.ToArray();
}

internal sealed class NothingFormat : PayloadFormat<Nothing>
{
    internal override void Write(IBufferWriter<byte> output, Nothing value)
    {
    }

    internal override Nothing Read(ReadOnlySpan<byte> data) => data.IsEmpty ? default : throw Malformed(data.Length);
}

/// <summary>Text as UTF-8; as UTF-16 when it has half a surrogate pair, which UTF-8 would replace in silence.</summary>
internal sealed class TextFormat : PayloadFormat<string?>
{
    private const byte Null = 0;
    private const byte Utf8 = 1;
    private const byte Utf16 = 2;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal override void Write(IBufferWriter<byte> output, string? value)
    {
        if (value is null)
        {
            output.Write([Null]);
            return;
        }

        if (HasLoneSurrogate(value))
        {
            output.Write([Utf16]);
            output.Write(MemoryMarshal.AsBytes(value.AsSpan()));
            return;
        }

        output.Write([Utf8]);
        int length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
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
                Utf16 when data.Length % 2 == 1 => Utf16Text(data[1..]),
                _ => throw Malformed(data.Length),
            };
        }
        catch (DecoderFallbackException)
        {
            throw Malformed(data.Length);
        }
    }

    private static string Utf16Text(ReadOnlySpan<byte> data)
    {
        char[] characters = new char[data.Length / 2];
        data.CopyTo(MemoryMarshal.AsBytes(characters.AsSpan()));
        return new string(characters);
    }

    private static bool HasLoneSurrogate(string value)
    {
        // Vectorized, and for nearly every text the end of it.
        int first = value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (int i = first; i >= 0 && i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i])) continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1])) return true;
            i++;
        }

        return false;
    }
}
