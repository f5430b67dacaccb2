using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>Memory that a parent and one worker both see. It has no name and no file: when both are gone, however they ended, it is gone too.</summary>
/// <remarks>
/// A sealed memfd: neither side can make it shorter, which would turn the other's next look at it into a crash. The worker opens it through
/// <c>/proc</c>, which lets in only processes of the same user. It is unmapped when nothing here refers to it any more, and not before: another
/// thread may be in the middle of a write.
/// </remarks>
internal sealed unsafe class SharedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private SharedMemory(SafeFileHandle descriptor, int length, int flags = 0)
        : base(ownsHandle: true)
    {
        Length = length;
        SetHandle(Libc.Map(0, (nuint)length, Libc.ProtectionReadWrite, Libc.MapShared | flags, descriptor, 0));
        if (IsInvalid) throw LastError("mmap");
        GC.AddMemoryPressure(length);
    }

    internal byte* Address => (byte*)handle;

    internal int Length { get; }

    /// <summary>All of it, for as long as somebody has it.</summary>
    internal Memory<byte> AsMemory() => new Owner(this).Memory;

    /// <summary>New memory, all zero, and the descriptor by which another process opens it; for the caller to close.</summary>
    /// <exception cref="IOException">The system has none to give.</exception>
    internal static SharedMemory Create(int length, out SafeFileHandle descriptor)
    {
        descriptor = Libc.CreateMemoryFile("braid", Libc.MemoryFileCloseOnExec | Libc.MemoryFileAllowSealing);
        if (descriptor.IsInvalid) throw LastError("memfd_create");
        try
        {
            if (Libc.Truncate(descriptor, length) != 0) throw LastError("ftruncate");
            if (Libc.FileControl(descriptor, Libc.AddSeals, Libc.SealShrink | Libc.SealGrow | Libc.SealSeals) != 0) throw LastError("fcntl");
            return new SharedMemory(descriptor, length);
        }
        catch (IOException)
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Opens what another process created.</summary>
    /// <exception cref="IOException">It cannot be opened: /proc is not there, or the process belongs to another user. Or it is not what was promised.</exception>
    internal static SharedMemory Open(int processId, int descriptor, int length)
    {
        var memory = Open(processId, descriptor, length, out var opened);
        opened.Dispose();
        return memory;
    }

    /// <summary>Opens what another process created, and gives a descriptor of this process by which others can open it, for the caller to close.</summary>
    /// <exception cref="IOException">As above.</exception>
    internal static SharedMemory Open(int processId, int descriptor, int length, out SafeFileHandle opened)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}");
        opened = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec);
        if (opened.IsInvalid) throw LastError($"open '{path}'");
        try
        {
            // Both can be relied on for ever once they are true. What can have no seals at all answers with -1.
            int seals = Libc.FileControl(opened, Libc.GetSeals, 0);
            if (seals < 0 || (seals & Libc.SealShrink) == 0) throw new IOException($"'{path}' is no memory that stays as long as it is.");
            if (RandomAccess.GetLength(opened) < length) throw new IOException($"'{path}' has less than {length:N0} bytes.");

            // All pages at once cost a tenth of a millisecond per MiB, one after another half of one. Where some are missing yet they come
            // when they are touched: to have them all at once could be far more memory than is ever used.
            bool isWhole = Libc.Seek(opened, 0, Libc.SeekHole) >= length;
            return new SharedMemory(opened, length, isWhole ? Libc.MapPopulate : 0);
        }
        catch (IOException)
        {
            opened.Dispose();
            throw;
        }
    }

    protected override bool ReleaseHandle()
    {
        GC.RemoveMemoryPressure(Length);
        return Libc.Unmap(handle, (nuint)Length) == 0;
    }

    private static IOException LastError(string call)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new($"Shared memory is not to be had ({call}): {error.Message}", error);
    }

    private sealed class Owner(SharedMemory memory) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(memory.Address, memory.Length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(memory.Address + elementIndex, default, this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
