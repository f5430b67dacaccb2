using System.Buffers;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>Where a buffer lies, as a process, a descriptor of it, a length and an id; or its bytes, if it lies in an array.</summary>
internal sealed class SharedBufferFormat : PayloadFormat<SharedBuffer?>
{
    private const byte Null = 0;
    private const byte Place = 1;
    private const byte Copy = 2;

    private const int IdLength = 16;
    private const int PlaceLength = 1 + (3 * sizeof(int)) + IdLength;
    private const int CopyStart = 1 + IdLength;

    internal override void Write(IBufferWriter<byte> output, SharedBuffer? value)
    {
        value?.ThrowIfDisposed();
        if (value is null) output.WriteByte(Null);
        else if (value.Block is { } block) WritePlace(output, value, block);
        else WriteCopy(output, value);
    }

    internal override void WriteResult(IBufferWriter<byte> output, SharedBuffer? value)
    {
        if (value is { IsDisposed: true })
            throw new WorkNotPortableException($"The work disposed the {value} that it returned, with 'using' for example. Return it undisposed: whoever gets it disposes it.");
        if (value is not null) WorkerBuffers.KeepResult(value);
        Write(output, value);
    }

    internal override SharedBuffer? Read(ReadOnlySpan<byte> data)
    {
        var buffer = ReadAny(data);
        buffer?.Block?.MarkReceived();
        return buffer;
    }

    internal override SharedBuffer? ReadArgument(ReadOnlySpan<byte> data)
    {
        var buffer = ReadAny(data);
        if (buffer is not null) WorkerBuffers.KeepArgument(buffer);
        return buffer;
    }

    private static SharedBuffer? ReadAny(ReadOnlySpan<byte> data) => data switch
    {
        [Null] => null,
        [Place, ..] when data.Length == PlaceLength => ReadPlace(data),
        [Copy, ..] when data.Length > CopyStart && data.Length - CopyStart <= SharedBuffer.MostBytes => ReadCopy(data),
        _ => throw Malformed(data.Length),
    };

    private static SharedBuffer ReadPlace(ReadOnlySpan<byte> data)
    {
        var fields = new FieldReader(data[1..]);
        var place = (ProcessId: fields.ReadInt32(), Descriptor: fields.ReadInt32(), Length: fields.ReadInt32());
        if (place.Length < 1 || place.Length > SharedBuffer.MostBytes || !SharedBlock.IsPossible) throw Malformed(data.Length);
        try
        {
            var buffer = SharedBufferTable.FindOrAdd(fields.ReadGuid(), place,
                static (id, place) => new(SharedBlock.Open(place.ProcessId, place.Descriptor, place.Length, id)));
            return buffer.Length == place.Length ? buffer : throw Malformed(data.Length);
        }
        catch (IOException exception)
        {
            throw new WorkNotPortableException(
                $"A SharedBuffer of {place.Length:N0} bytes cannot be opened: {exception.Message.TrimEnd('.')}. It was disposed while it was on its way, or process {place.ProcessId}, which sent it, has ended or cannot be looked into.",
                exception);
        }
    }

    private static SharedBuffer ReadCopy(ReadOnlySpan<byte> data)
    {
        var id = new Guid(data[1..CopyStart]);
        var bytes = data[CopyStart..];
        var buffer = SharedBufferTable.FindOrAdd(id, bytes.Length, static (id, length) => new(id, GC.AllocateUninitializedArray<byte>(length)));
        if (buffer.Length != bytes.Length) throw Malformed(data.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }

    private static void WritePlace(IBufferWriter<byte> output, SharedBuffer buffer, SharedBlock block)
    {
        output.WriteByte(Place);
        output.WriteInt32(Environment.ProcessId);
        output.WriteInt32(block.Descriptor);
        output.WriteInt32(buffer.Length);
        WriteId(output, buffer.Id);
    }

    private static void WriteCopy(IBufferWriter<byte> output, SharedBuffer buffer)
    {
        // Asked for at once: the memory then grows once instead of doubling its way up.
        _ = output.GetSpan(CopyStart + buffer.Length);
        output.WriteByte(Copy);
        WriteId(output, buffer.Id);
        output.Write(buffer.Span);
    }

    private static void WriteId(IBufferWriter<byte> output, Guid id)
    {
        id.TryWriteBytes(output.GetSpan(IdLength));
        output.Advance(IdLength);
    }
}
