using Braid.Wire;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>The sender's side of large payloads: a piece of shared memory per worker and direction, kept from one payload to the next.</summary>
/// <remarks>
/// The memory has no name and is gone with the processes that see it. A word in the ring says whether the peer still has the last payload: set
/// here, cleared there.
/// </remarks>
internal sealed unsafe class SharedPayloads(int* isTaken, SharedMemory owner) : LargePayloads, IDisposable
{
    // What is kept between payloads: touching fresh memory costs 2.5 µs a page, a third of a second for this much. More is given back.
    private const int MostKept = 256 * 1024 * 1024;
    private const int Smallest = 1024 * 1024;
    private const int Page = 4096;

    private SharedMemory? _memory;
    private SafeFileHandle? _descriptor;
    private int _number;

    internal override bool IsFree
    {
        get
        {
            bool isFree = Volatile.Read(ref *isTaken) == 0;
            GC.KeepAlive(owner);
            return isFree;
        }
    }

    internal override Memory<byte> GetMemory(int written, int sizeHint)
    {
        long needed = (long)written + Math.Max(sizeHint, 1);
        if (needed > Array.MaxLength) throw FrameBuffer.TooLong();
        if (_memory is null || _memory.Length < needed || (_memory.Length > MostKept && written == 0)) Grow(written, needed);
        return _memory!.AsMemory()[written..];
    }

    internal override void WritePlace(FrameBuffer output, int length)
    {
        output.WriteInt32(_number);
        output.WriteInt32((int)_descriptor!.DangerousGetHandle());
        output.WriteInt64(_memory!.Length);
        output.WriteInt64(length);
        Volatile.Write(ref *isTaken, 1);
        GC.KeepAlive(owner);
    }

    public void Dispose()
    {
        _descriptor?.Dispose();
        _memory?.Dispose();
    }

    private void Grow(int written, long needed)
    {
        // By half again: JSON grows as it is written. What asks for all at once gets that.
        long wanted = written == 0 ? needed : needed + (needed / 2);
        int length = (int)Math.Min(Math.Max(wanted + Page - 1, Smallest) / Page * Page, int.MaxValue / Page * Page);
        var memory = SharedMemory.Create(length, out var descriptor);
        if (written > 0) _memory!.AsMemory()[..written].CopyTo(memory.AsMemory());
        Dispose();
        (_memory, _descriptor) = (memory, descriptor);
        _number++;
    }
}

/// <summary>The receiver's side: finds the payload that a frame speaks of.</summary>
internal sealed unsafe class SharedPayloadReader(int* isTaken, SharedMemory owner, int processId)
{
    private SharedMemory? _memory;
    private int _number;

    /// <summary>The payload; valid until <see cref="LetGo"/>.</summary>
    /// <exception cref="InvalidFrameException">The frame does not say where it can be.</exception>
    internal ReadOnlyMemory<byte> Find(ref FieldReader place)
    {
        int number = place.ReadInt32();
        int descriptor = place.ReadInt32();
        long capacity = place.ReadInt64();
        long length = place.ReadInt64();
        place.ExpectEnd();
        if (capacity is <= 0 or > int.MaxValue || length < 0 || length > capacity || length > Array.MaxLength)
            throw new InvalidFrameException($"A frame speaks of {length} bytes in {capacity} of shared memory.");
        if (_memory is null || number != _number || _memory.Length != capacity) Open(number, descriptor, (int)capacity);
        return _memory!.AsMemory()[..(int)length];
    }

    /// <summary>The sender may use the memory again.</summary>
    internal void LetGo()
    {
        Volatile.Write(ref *isTaken, 0);
        GC.KeepAlive(owner);
    }

    private void Open(int number, int descriptor, int capacity)
    {
        try
        {
            _memory = SharedMemory.Open(processId, descriptor, capacity);
            _number = number;
        }
        catch (IOException exception)
        {
            throw new InvalidFrameException($"A frame speaks of shared memory that is not to be had: {exception.Message}");
        }
    }
}
