// Awaits in this folder keep the context on purpose: it is what brings user code back to the loop.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Braid.Loops;

/// <summary>Something whose descriptor an <see cref="EpollPoller"/> watches.</summary>
internal interface IEpollHandle
{
    /// <summary>The kernel reports these events; see Libc.Epoll….</summary>
    void OnReady(uint events);

    /// <summary>Closes it; what is pending fails. Calls <see cref="EpollPoller.Remove"/>.</summary>
    void Close();

    /// <summary>Its operations: see <see cref="Poller.Waits"/>.</summary>
    IEnumerable<ILoopWait> Waits() => [];
}

/// <summary>The loop's own epoll. A descriptor is registered once, edge-triggered, for both directions, and never changed.</summary>
/// <remarks>
/// Edge-triggered means: the kernel reports a change once, so an operation tries its system call first and waits only after the kernel
/// said "would block". The registration disappears with the descriptor.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class EpollPoller : Poller
{
    // Events taken per system call; what is left comes with the next. Few, so that what the callbacks of one turn touch is still in the
    // processor's cache in the next: with 400 connections a web request costs a seventh less processor time than with 256 events
    // (kestrel-plaintext), and a system call of 0.3 µs for 32 events is nothing.
    private const int MaxEvents = 32;
    private const ulong WakeUp = ulong.MaxValue;

    // The kernel packs struct epoll_event on x86, so that 64-bit programs can share it with 32-bit ones, and only there.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int DataOffset = Packed ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    // epoll_pwait2 takes nanoseconds. Needs Linux 5.11 and glibc 2.35; 32-bit systems have another struct timespec.
    private static bool _hasNanoseconds = Environment.Is64BitProcess
        && NativeLibrary.TryLoad("libc", typeof(EpollPoller).Assembly, null, out var libc)
        && NativeLibrary.TryGetExport(libc, "epoll_pwait2", out _);

    private readonly EventLoop _loop;
    private readonly SafeFileHandle _epollHandle;
    private readonly SafeFileHandle _wakeHandle;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * 16, pinned: true);

    // Handles by slot. A slot's generation tells an event for the handle that was there before from one for the handle that is.
    private Slot[] _slots = new Slot[64];
    private int _slotsUsed;
    private readonly Stack<int> _freeSlots = new();

    public EpollPoller(EventLoop loop)
    {
        _loop = loop;
        _epoll = Check(Libc.EpollCreate(Libc.EpollCloseOnExec));
        _epollHandle = new SafeFileHandle(_epoll, ownsHandle: true);
        _wake = Check(Libc.EventFd(0, Libc.EventFdFlags));
        _wakeHandle = new SafeFileHandle(_wake, ownsHandle: true);
        Register(_wake, WakeUp, Libc.EpollIn);
    }

    public override EventLoop Loop => _loop;

    public override unsafe void Poll(TimeSpan timeout)
    {
        var count = Wait(timeout);
        for (var i = 0; i < count; i++)
        {
            var entry = Events + i * EventSize;
            var data = *(ulong*)(entry + DataOffset);

            // The wake-up's counter is never read: every write to it is an edge of its own.
            if (data == WakeUp) continue;
            ref var slot = ref _slots[(uint)data];
            if (slot.Generation == (uint)(data >> 32)) slot.Handle?.OnReady(*(uint*)entry);
        }
    }

    public override unsafe void Wake()
    {
        var one = 1UL;
        _ = Libc.Write(_wake, &one, sizeof(ulong)); // fails only if 2^64 wake-ups were never read
    }

    public override PolledListener Bind(EndPoint endpoint, LoopListenerOptions options) => new EpollListener(this, endpoint, options);

    public override PolledDatagramSocket Watch(Socket datagramSocket) => new EpollDatagramSocket(this, datagramSocket);

    // .NET says of no pipe's stream that it will always be one whose descriptor can be had.
    public override PolledStream Watch(Stream pipe) =>
        pipe is PipeStream { SafePipeHandle: { IsInvalid: false } handle } ? new EpollPipe(this, pipe, handle) : base.Watch(pipe);

    /// <summary>Watches a descriptor from now on, until it is closed.</summary>
    /// <returns>The handle's slot, for <see cref="Remove"/>.</returns>
    public int Add(IEpollHandle handle, int descriptor)
    {
        var index = _freeSlots.TryPop(out var free) ? free : _slotsUsed++;
        if (index == _slots.Length) Array.Resize(ref _slots, index * 2);
        ref var slot = ref _slots[index];
        slot.Handle = handle;
        Register(descriptor, (ulong)slot.Generation << 32 | (uint)index,
            Libc.EpollIn | Libc.EpollOut | Libc.EpollReadHangUp | Libc.EpollEdgeTriggered);
        return index;
    }

    public void Remove(int index)
    {
        _slots[index].Handle = null;
        _slots[index].Generation++;
        _freeSlots.Push(index);
    }

    /// <summary>Stops to watch a descriptor that stays open.</summary>
    public unsafe void Release(int index, int descriptor)
    {
        Remove(index);
        Check(Libc.EpollControl(_epoll, Libc.EpollCtlDelete, descriptor, null));
    }

    public override void CloseSockets()
    {
        for (var i = 0; i < _slotsUsed; i++) _slots[i].Handle?.Close();
    }

    public override IEnumerable<ILoopWait> Waits() => _slots.Take(_slotsUsed).SelectMany(slot => slot.Handle?.Waits() ?? []);

    public override void Dispose()
    {
        _wakeHandle.Dispose();
        _epollHandle.Dispose();
    }

    protected override PolledSocket Create(EndPoint endpoint) => EpollSocket.Create(this, endpoint);

    private unsafe byte* Events => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_events)); // pinned for good

    private unsafe int Wait(TimeSpan timeout)
    {
        var count = timeout > TimeSpan.Zero && _hasNanoseconds ? WaitNanoseconds(timeout) : Libc.EpollWait(_epoll, Events, MaxEvents, Milliseconds(timeout));
        if (count >= 0) return count;
        var errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.Interrupted) return 0; // a signal; the loop simply takes another turn
        if (errno != Errno.NoSystemCall || !_hasNanoseconds) throw Errno.ToException(errno);
        _hasNanoseconds = false; // the library knows the call and the kernel does not
        return 0;
    }

    private unsafe int WaitNanoseconds(TimeSpan timeout)
    {
        var timespec = new Libc.Timespec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        return Libc.EpollWait(_epoll, Events, MaxEvents, &timespec, null);
    }

    // Rounded up: waking a moment before the timer would mean going round until it is due.
    private static int Milliseconds(TimeSpan timeout) => timeout < TimeSpan.Zero
        ? -1
        : (int)Math.Min(int.MaxValue, (timeout.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);

    private unsafe void Register(int descriptor, ulong data, uint events)
    {
        var epollEvent = stackalloc byte[16];
        *(uint*)epollEvent = events | Libc.EpollEdgeTriggered;
        *(ulong*)(epollEvent + DataOffset) = data;
        Check(Libc.EpollControl(_epoll, Libc.EpollCtlAdd, descriptor, epollEvent));
    }

    private static int Check(int result) => result >= 0 ? result : throw Errno.ToException(Marshal.GetLastPInvokeError());

    private struct Slot
    {
        public IEpollHandle? Handle;
        public uint Generation;
    }
}
