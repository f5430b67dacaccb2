using System.Buffers;

namespace Braid.Wire;

/// <summary>Arguments and results as bytes: raw for what has an obvious layout, JSON for the rest. See docs/wire-protocol.md.</summary>
internal static class Payload
{
    /// <exception cref="WorkNotPortableException">The value cannot be encoded.</exception>
    internal static void Write<T>(IBufferWriter<byte> output, T value) => PayloadFormat<T>.Instance.Write(output, value);

    /// <exception cref="WorkNotPortableException">The bytes are not a value of this type.</exception>
    internal static T Read<T>(in ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment) return PayloadFormat<T>.Instance.Read(data.FirstSpan);
        return PayloadFormat<T>.Instance.Read(data.ToArray());
    }
}

/// <summary>How values of one type become bytes.</summary>
internal abstract class PayloadFormat<T>
{
    /// <summary>Chosen once per type, so that an item pays a virtual call and no look-up.</summary>
    internal static readonly PayloadFormat<T> Instance = PayloadFormats.Choose<T>();

    internal abstract void Write(IBufferWriter<byte> output, T value);

    internal abstract T Read(ReadOnlySpan<byte> data);

    /// <summary>In a worker: what the work returned. A format whose bytes only say where the value lies has to keep it there.</summary>
    internal virtual void WriteResult(IBufferWriter<byte> output, T value) => Write(output, value);

    /// <summary>In a worker: what the work is given.</summary>
    internal virtual T ReadArgument(ReadOnlySpan<byte> data) => Read(data);

    private protected static WorkNotPortableException Malformed(int length) =>
        new($"{length:N0} bytes are not a value of type {TypeName.Of(typeof(T))}: the worker runs another version of the code or the message was damaged.");
}
