using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Braid.Wire;

/// <summary>Elements as they lie in memory, after the byte that tells null from empty. One copy on each side.</summary>
internal abstract class ElementFormat<TCollection, TElement> : PayloadFormat<TCollection> where TElement : unmanaged
{
    internal sealed override void Write(IBufferWriter<byte> output, TCollection value)
    {
        var elements = Elements(value, out bool isNull);
        int length = RawElements.ByteLength(elements.Length, Unsafe.SizeOf<TElement>(), typeof(TCollection));

        // Asked for at once: the buffer then grows once instead of doubling its way up.
        var span = output.GetSpan(1 + length);
        span[0] = isNull ? Presence.Null : Presence.Present;
        MemoryMarshal.AsBytes(elements).CopyTo(span[1..]);
        output.Advance(1 + length);
    }

    internal sealed override TCollection Read(ReadOnlySpan<byte> data)
    {
        if (Presence.IsNull(data) is not { } isNull) throw Malformed(data.Length);
        if (isNull) return Null(data.Length);
        var bytes = data[1..];
        if (bytes.Length % Unsafe.SizeOf<TElement>() != 0) throw Malformed(data.Length);
        var collection = Make(bytes.Length / Unsafe.SizeOf<TElement>(), out var elements);

        // Bytes are copied, never looked at as elements where they are: after the first byte they are not aligned.
        bytes.CopyTo(MemoryMarshal.AsBytes(elements));
        return RawLayout.AreValid<TElement>(elements) ? collection : throw Malformed(data.Length);
    }

    /// <summary>What a null was written as; for types that have no null, a mistake.</summary>
    private protected virtual TCollection Null(int length) => default(TCollection) is null ? default! : throw Malformed(length);

    private protected abstract ReadOnlySpan<TElement> Elements(TCollection value, out bool isNull);

    /// <summary>A collection of so many elements, and where they are to be written.</summary>
    private protected abstract TCollection Make(int count, out Span<TElement> elements);
}

internal sealed class ArrayFormat<T> : ElementFormat<T[]?, T> where T : unmanaged
{
    private protected override ReadOnlySpan<T> Elements(T[]? value, out bool isNull)
    {
        isNull = value is null;
        return value;
    }

    private protected override T[]? Make(int count, out Span<T> elements)
    {
        var array = GC.AllocateUninitializedArray<T>(count);
        elements = array;
        return array;
    }
}

internal sealed class ListFormat<T> : ElementFormat<List<T>?, T> where T : unmanaged
{
    private protected override ReadOnlySpan<T> Elements(List<T>? value, out bool isNull)
    {
        isNull = value is null;
        if (value is not null && value.GetType() != typeof(List<T>)) throw JsonContract.Sliced(value.GetType(), typeof(List<T>));
        return CollectionsMarshal.AsSpan(value);
    }

    private protected override List<T>? Make(int count, out Span<T> elements)
    {
        var list = new List<T>(count);
        CollectionsMarshal.SetCount(list, count);
        elements = CollectionsMarshal.AsSpan(list);
        return list;
    }
}

internal sealed class MemoryFormat<T> : ElementFormat<Memory<T>, T> where T : unmanaged
{
    private protected override ReadOnlySpan<T> Elements(Memory<T> value, out bool isNull)
    {
        isNull = false;
        return value.Span;
    }

    private protected override Memory<T> Make(int count, out Span<T> elements)
    {
        Memory<T> memory = GC.AllocateUninitializedArray<T>(count);
        elements = memory.Span;
        return memory;
    }
}

internal sealed class ReadOnlyMemoryFormat<T> : ElementFormat<ReadOnlyMemory<T>, T> where T : unmanaged
{
    private protected override ReadOnlySpan<T> Elements(ReadOnlyMemory<T> value, out bool isNull)
    {
        isNull = false;
        return value.Span;
    }

    private protected override ReadOnlyMemory<T> Make(int count, out Span<T> elements)
    {
        var array = GC.AllocateUninitializedArray<T>(count);
        elements = array;
        return array;
    }
}

/// <summary>Only the segment travels, and arrives as the whole of an array of its own.</summary>
internal sealed class SegmentFormat<T> : ElementFormat<ArraySegment<T>, T> where T : unmanaged
{
    private protected override ArraySegment<T> Null(int length) => default;

    private protected override ReadOnlySpan<T> Elements(ArraySegment<T> value, out bool isNull)
    {
        isNull = value.Array is null;
        return value;
    }

    private protected override ArraySegment<T> Make(int count, out Span<T> elements)
    {
        var array = GC.AllocateUninitializedArray<T>(count);
        elements = array;
        return array;
    }
}

internal static class RawElements
{
    /// <summary>The bytes of so many elements.</summary>
    /// <exception cref="WorkNotPortableException">They do not fit into one message.</exception>
    internal static int ByteLength(int count, int elementSize, Type type)
    {
        long length = (long)count * elementSize;
        if (length < Array.MaxLength) return (int)length;
        throw new WorkNotPortableException(
            $"A {TypeName.Of(type)} of {count:N0} elements takes {length:N0} bytes; {Array.MaxLength:N0} are the limit. Send parts of it, or a file's name instead of its content.");
    }
}
