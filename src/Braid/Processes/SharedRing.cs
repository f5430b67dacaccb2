using Braid.Wire;

namespace Braid.Processes;

/// <summary>Where things lie in a ring in shared memory: bytes on their way in one direction.</summary>
/// <remarks>
/// <code>
///  0      tail: bytes written so far        by the writer        each on a cache line of its own, so that one side's
///  128    head: bytes read so far           by the reader        progress does not disturb the other's
///  256    the reader sleeps                 SharedSignal
///  384    the writer sleeps                 SharedSignal
///  448    the bell: rung, and not yet heard  SharedMemoryStream
///  456    a large payload is on its way      SharedPayloads
///  512    the bytes; byte n lies at n modulo the capacity
/// </code>
/// Each side keeps its own index to itself as well, and believes of the other's only what can be true.
/// </remarks>
internal static class SharedRing
{
    // Two lines: processors fetch them in pairs.
    internal const int TailOffset = 0;
    internal const int HeadOffset = 128;
    internal const int ReaderOffset = 256;
    internal const int WriterOffset = 384;
    internal const int BellOffset = 448;
    internal const int PayloadOffset = 456;
    internal const int DataOffset = 512;

    /// <summary>Bytes that can be on their way: a power of two. Small enough to stay in a core's cache. Chosen by `benchmarks processes-throughput`.</summary>
    internal const int Capacity = 64 * 1024;

    internal const int Length = DataOffset + Capacity;

    internal static InvalidFrameException Broken(long head, long tail) =>
        new($"The shared memory is broken: {tail} bytes were written and {head} were read.");
}

/// <summary>The writing end of a ring. For one thread at a time.</summary>
internal sealed unsafe class SharedRingWriter(byte* ring)
{
    private readonly SharedSignal _reader = new((int*)(ring + SharedRing.ReaderOffset));
    private long _tail;
    private long _head;

    /// <summary>Where the writer sleeps while there is no room.</summary>
    internal SharedSignal Signal { get; } = new((int*)(ring + SharedRing.WriterOffset));

    internal bool HasRoom => Room > 0;

    /// <summary>Bytes that can be written without waiting.</summary>
    internal long Room
    {
        get
        {
            long head = Volatile.Read(ref *(long*)(ring + SharedRing.HeadOffset));
            if (head < _head || head > _tail) throw SharedRing.Broken(head, _tail);
            _head = head;
            return SharedRing.Capacity - (_tail - head);
        }
    }

    /// <summary>Writes what there is room for. Returns how much that was.</summary>
    internal int Write(ReadOnlySpan<byte> bytes)
    {
        if (SharedRing.Capacity - (_tail - _head) < bytes.Length && !HasRoom) return 0;
        int count = (int)Math.Min(bytes.Length, SharedRing.Capacity - (_tail - _head));
        int start = (int)(_tail & (SharedRing.Capacity - 1));
        int first = Math.Min(count, SharedRing.Capacity - start);
        bytes[..first].CopyTo(new(ring + SharedRing.DataOffset + start, first));
        if (first < count) bytes[first..count].CopyTo(new(ring + SharedRing.DataOffset, count - first));
        _tail += count;
        Volatile.Write(ref *(long*)(ring + SharedRing.TailOffset), _tail);
        _reader.Wake();
        return count;
    }
}

/// <summary>The reading end of a ring. For one thread at a time.</summary>
internal sealed unsafe class SharedRingReader(byte* ring)
{
    private readonly SharedSignal _writer = new((int*)(ring + SharedRing.WriterOffset));
    private long _head;

    /// <summary>Where the reader sleeps while there is nothing.</summary>
    internal SharedSignal Signal { get; } = new((int*)(ring + SharedRing.ReaderOffset));

    /// <summary>True if there is something to read. From any thread.</summary>
    internal bool HasBytes => Volatile.Read(ref *(long*)(ring + SharedRing.TailOffset)) != Volatile.Read(ref _head);

    /// <summary>Reads what is there. Returns how much that was.</summary>
    internal int Read(Span<byte> buffer)
    {
        long tail = Volatile.Read(ref *(long*)(ring + SharedRing.TailOffset));
        if (tail < _head || tail - _head > SharedRing.Capacity) throw SharedRing.Broken(_head, tail);
        int count = (int)Math.Min(buffer.Length, tail - _head);
        if (count == 0) return 0;
        int start = (int)(_head & (SharedRing.Capacity - 1));
        int first = Math.Min(count, SharedRing.Capacity - start);
        new ReadOnlySpan<byte>(ring + SharedRing.DataOffset + start, first).CopyTo(buffer);
        if (first < count) new ReadOnlySpan<byte>(ring + SharedRing.DataOffset, count - first).CopyTo(buffer[first..]);
        Volatile.Write(ref _head, _head + count);
        Volatile.Write(ref *(long*)(ring + SharedRing.HeadOffset), _head);
        _writer.Wake();
        return count;
    }
}
