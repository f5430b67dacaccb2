using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Braid.Processes;
using Braid.Wire;

namespace Braid;

/// <summary>Memory that this program and its worker processes see both: as a work's argument or result, only its place travels.</summary>
/// <remarks>
/// <para>
/// For arrays that are too large to be copied for every call. What one process writes the other sees at once; whoever gives a buffer to a
/// work leaves it alone until the work has ended. Work that changes its argument in place and returns it gives the caller his own object
/// back. Engines that run in this process pass the object itself.
/// </para>
/// <para>
/// Use buffers again and again: the system provides a page when it is touched first, in each process, at a few microseconds for 4 KiB, which
/// is more than it takes to copy it. A worker remembers the last four that it was given. What the work returned is the caller's to dispose.
/// </para>
/// <para>
/// It can be the argument or the result itself, also null, but not part of one. Shared memory is there on Linux (x64, Arm64). Where it is not,
/// the buffer is an array of its process, and its bytes are copied with every call and every result; work that changes its argument
/// returns it, so that this makes no difference. Where it is there it is used with every <see cref="WorkerTransport"/>.
/// </para>
/// <para>
/// The memory has no name and no file: nothing is left of it, however the processes end. It is given back when no process has it any more.
/// A buffer that is neither disposed nor referred to is given back some time later. A <see cref="Memory{T}"/> counts as such a
/// reference, a span does not: keep the buffer for as long as you use its span, most easily with <c>using</c>.
/// </para>
/// </remarks>
[OwnFormat(typeof(SharedBufferFormat), "can be the work's argument or result itself, but not part of one: JSON would have to copy it")]
public sealed class SharedBuffer : IMemoryOwner<byte>
{
    /// <summary>The most bytes that one can have.</summary>
    internal static readonly int MostBytes = Array.MaxLength - SharedBlock.HeaderLength;

    private readonly Memory<byte> _memory;
    private int _isDisposed;

    internal SharedBuffer(SharedBlock block)
    {
        Block = block;
        Id = block.Id;
        _memory = block.Memory;
        Entry = new(this);
    }

    /// <summary>An array of this process, whose bytes travel.</summary>
    internal SharedBuffer(Guid id, byte[] bytes)
    {
        Id = id;
        _memory = bytes;
        Entry = new(this);
    }

    /// <summary>Its bytes.</summary>
    public int Length => _memory.Length;

    /// <summary>All of it.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ThrowIfDisposed();
            return _memory;
        }
    }

    /// <summary>All of it. Not to be used after the buffer was disposed, which would end the process, as with any native memory.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    [JsonIgnore]
    public Span<byte> Span => Memory.Span;

    /// <summary>The same buffer has the same in all processes.</summary>
    internal Guid Id { get; }

    /// <summary>Null: an array of this process.</summary>
    internal SharedBlock? Block { get; }

    /// <summary>How the table refers to it.</summary>
    internal WeakReference<SharedBuffer> Entry { get; }

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>New memory, all zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1, or above <see cref="Array.MaxLength"/> less a page of 4,096 bytes.</exception>
    /// <exception cref="IOException">The system has none to give: this program has too many open files, for example.</exception>
    public static SharedBuffer Create(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MostBytes);
        var buffer = SharedBlock.IsPossible ? new SharedBuffer(SharedBlock.Create(length)) : new(Guid.NewGuid(), new byte[length]);
        SharedBufferTable.Add(buffer);
        return buffer;
    }

    /// <summary>All of it as elements; bytes at the end that make no whole element are left out.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Span);

    /// <summary>Lets go of the memory, in this process: others that have the buffer can go on using it. May be called again.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        SharedBufferTable.Remove(this);
        Block?.Close();
    }

    /// <summary>For messages and timelines.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{nameof(SharedBuffer)} of {Length:N0} bytes");

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);
}
