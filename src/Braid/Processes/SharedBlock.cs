using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>The memory of a <see cref="SharedBuffer"/>: a page that tells which it is, and the user's bytes.</summary>
/// <remarks>
/// <code>
///  0        16         20       24       28        4096
///  ┌────────┬──────────┬────────┬────────┬─ ─ ─ ─ ─┬──────────────
///  │ id     │ received │ closed │ length │         │ user's bytes …
///  └────────┴──────────┴────────┴────────┴─ ─ ─ ─ ─┴──────────────
/// </code>
/// Each process that has it keeps a descriptor of its own, so that it can give the memory on when the one that made it is gone.
/// </remarks>
internal sealed unsafe class SharedBlock : MemoryManager<byte>
{
    /// <summary>A page, so that the user's bytes are aligned for whatever he makes of them.</summary>
    internal const int HeaderLength = 4096;

    private const int ReceivedOffset = 16;
    private const int ClosedOffset = 20;
    private const int LengthOffset = 24;

    private readonly SharedMemory _memory;
    private readonly SafeFileHandle _descriptor;
    private readonly int _length;

    private SharedBlock(SharedMemory memory, SafeFileHandle descriptor, Guid id)
    {
        _memory = memory;
        _descriptor = descriptor;
        _length = memory.Length - HeaderLength;
        Id = id;
    }

    /// <summary>True if this system has such memory. Once true, one that cannot be had is an error and no reason for copies.</summary>
    internal static bool IsPossible { get; } = Libc.HasFutex && CanCreate();

    internal Guid Id { get; }

    /// <summary>By which others can open it, while this process has it.</summary>
    internal int Descriptor => (int)_descriptor.DangerousGetHandle();

    /// <summary>Set by whoever was given the result: the sender need not keep it any more.</summary>
    internal bool IsReceived => Read(ReceivedOffset) != 0;

    /// <summary>Somebody has disposed it, so it will hardly be sent again.</summary>
    internal bool IsClosed => Read(ClosedOffset) != 0;

    /// <exception cref="IOException">The system has none to give.</exception>
    internal static SharedBlock Create(int length)
    {
        var memory = SharedMemory.Create(HeaderLength + length, out var descriptor);
        var block = new SharedBlock(memory, descriptor, Guid.NewGuid());
        block.Id.TryWriteBytes(new(memory.Address, sizeof(Guid)));
        MemoryMarshal.Write(new(memory.Address + LengthOffset, sizeof(int)), length);
        GC.KeepAlive(memory);
        return block;
    }

    /// <exception cref="IOException">It cannot be opened, or is something else by now.</exception>
    internal static SharedBlock Open(int processId, int descriptor, int length, Guid id)
    {
        var memory = SharedMemory.Open(processId, descriptor, HeaderLength + length, out var opened);
        var block = new SharedBlock(memory, opened, id);
        if (new Guid(new ReadOnlySpan<byte>(memory.Address, sizeof(Guid))) == id && block.Read(LengthOffset) == length) return block;
        block.Dispose(disposing: true);
        throw new IOException($"what process {processId} has there now is another buffer");
    }

    internal void ExpectReceipt() => Write(ReceivedOffset, 0);

    internal void MarkReceived()
    {
        using var hold = new Hold(_memory);
        if (!hold.IsHeld) return; // The user was quicker; whoever waits has its own end.
        Volatile.Write(ref *Word(ReceivedOffset), 1);
        Libc.Wake(Word(ReceivedOffset), 1);
    }

    /// <summary>Until the result has been received.</summary>
    internal void WaitUntilReceived()
    {
        while (!IsReceived)
        {
            using var hold = new Hold(_memory);
            if (!hold.IsHeld) return;
            Libc.SleepWhile(Word(ReceivedOffset), 0);
        }
    }

    /// <summary>Lets go of it here, and tells the others.</summary>
    internal void Close()
    {
        Write(ClosedOffset, 1);
        Dispose(disposing: true);
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_memory.IsClosed, typeof(SharedBuffer));
        return new(_memory.Address + HeaderLength, _length);
    }

    /// <summary>What is pinned stays mapped, also when it is disposed meanwhile: the system may be reading a file into it.</summary>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        bool isHeld = false;
        _memory.DangerousAddRef(ref isHeld);
        return new(_memory.Address + HeaderLength + elementIndex, default, this);
    }

    public override void Unpin() => _memory.DangerousRelease();

    protected override void Dispose(bool disposing)
    {
        _descriptor.Dispose();
        _memory.Dispose();
    }

    private static bool CanCreate()
    {
        try
        {
            SharedMemory.Create(HeaderLength, out var descriptor).Dispose();
            descriptor.Dispose();
            return true;
        }
        catch (IOException)
        {
            // A sandbox that allows no memfd.
            return false;
        }
    }

    private int* Word(int offset) => (int*)(_memory.Address + offset);

    // What is gone asks for nothing more: it reads as set.
    private int Read(int offset)
    {
        using var hold = new Hold(_memory);
        return hold.IsHeld ? Volatile.Read(ref *Word(offset)) : 1;
    }

    private void Write(int offset, int value)
    {
        using var hold = new Hold(_memory);
        if (hold.IsHeld) Volatile.Write(ref *Word(offset), value);
    }

    /// <summary>Another thread may dispose the memory at any moment; it stays mapped while its first page is looked at.</summary>
    private ref struct Hold
    {
        private readonly SharedMemory _memory;
        private bool _isHeld;

        internal Hold(SharedMemory memory)
        {
            _memory = memory;
            try
            {
                memory.DangerousAddRef(ref _isHeld);
            }
            catch (ObjectDisposedException)
            {
                // Gone already: IsHeld says so.
            }
        }

        internal readonly bool IsHeld => _isHeld;

        public readonly void Dispose()
        {
            if (_isHeld) _memory.DangerousRelease();
        }
    }
}
