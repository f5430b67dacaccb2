using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    internal override T Read(ReadOnlySpan<byte> data)
    {
        if (data.Length != Unsafe.SizeOf<T>()) throw Malformed(data.Length);
        T value = MemoryMarshal.Read<T>(data);
        return RawLayout.AreValid<T>(new(in value)) ? value : throw Malformed(data.Length);
    }
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
        catch (ArgumentException)
        {
            throw Malformed(data.Length);
        }
    }
}

/// <summary>A value that may be missing: one byte says whether, and the value's own format follows.</summary>
internal sealed class NullableFormat<T> : PayloadFormat<T?> where T : struct
{
    internal override void Write(IBufferWriter<byte> output, T? value)
    {
        output.WriteByte(value.HasValue ? Presence.Present : Presence.Null);
        if (value is { } present) PayloadFormat<T>.Instance.Write(output, present);
    }

    internal override T? Read(ReadOnlySpan<byte> data)
    {
        if (Presence.IsNull(data) is not { } isNull) throw Malformed(data.Length);
        return isNull ? null : PayloadFormat<T>.Instance.Read(data[1..]);
    }
}

/// <summary>The byte that tells null from a value that takes no bytes.</summary>
internal static class Presence
{
    internal const byte Null = 0;
    internal const byte Present = 1;

    /// <summary>Null if the data begins with no such byte, or has more after one that says null.</summary>
    internal static bool? IsNull(ReadOnlySpan<byte> data) => data switch
    {
        [Null] => true,
        [Present, ..] => false,
        _ => null,
    };
}

internal sealed class BigIntegerFormat : PayloadFormat<BigInteger>
{
    internal override void Write(IBufferWriter<byte> output, BigInteger value)
    {
        int length = value.GetByteCount();
        if (!value.TryWriteBytes(output.GetSpan(length), out int written)) throw new WorkNotPortableException("A BigInteger changed while it was written.");
        output.Advance(written);
    }

    internal override BigInteger Read(ReadOnlySpan<byte> data) => data.IsEmpty ? throw Malformed(0) : new BigInteger(data);
}

internal sealed class NothingFormat : PayloadFormat<Nothing>
{
    internal override void Write(IBufferWriter<byte> output, Nothing value)
    {
    }

    internal override Nothing Read(ReadOnlySpan<byte> data) => data.IsEmpty ? default : throw Malformed(data.Length);
}
