using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Braid.Loops;

/// <summary>This program's end of a pipe, on epoll. Mirrors <see cref="PortablePipe"/>.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollPipe : PolledStream, IEpollHandle
{
    private readonly EpollPoller _poller;
    private readonly Stream _owner;
    private readonly PipeReceive _receive;
    private readonly PipeSend _send;
    private readonly int _slot;
    private bool _closed;

    /// <param name="poller">What watches it.</param>
    /// <param name="owner">.NET's stream, which is only there to be closed.</param>
    /// <param name="handle">The stream's descriptor.</param>
    public EpollPipe(EpollPoller poller, Stream owner, SafePipeHandle handle)
    {
        _poller = poller;
        _owner = owner;
        var descriptor = (int)handle.DangerousGetHandle();

        // Of this end alone: the other program's end is a description of its own, and stays as it expects it.
        if (Libc.FileControl(descriptor, Libc.SetFlags, Libc.NonBlocking) < 0) throw Errno.ToException(Marshal.GetLastPInvokeError());
        _receive = new PipeReceive(poller.Loop, descriptor);
        _send = new PipeSend(poller.Loop, descriptor);
        _slot = poller.Add(this, descriptor);
    }

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _receive.Start(buffer, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => _send.Start(buffer, cancellationToken);

    public override void FailReceiveAsStream() => _receive.FailAsStream();

    public override void FailSendAsStream() => _send.FailAsStream();

    public void OnReady(uint events)
    {
        // The other end is gone: reading finds what is left and then the end, writing fails.
        var ended = (events & (Libc.EpollError | Libc.EpollHangUp)) != 0;
        if (ended || (events & Libc.EpollOut) != 0) _send.OnReady();
        if (ended || (events & Libc.EpollIn) != 0) _receive.OnReadable(ended);
    }

    public IEnumerable<ILoopWait> Waits() => [_receive, _send];

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(_slot);
        _owner.Dispose();
        _receive.FailIfPending(new ObjectDisposedException(nameof(Stream), "The stream was disposed while a read was pending."));
        _send.FailIfPending(new ObjectDisposedException(nameof(Stream), "The stream was disposed while a write was pending."));
    }

    private sealed unsafe class PipeReceive(EventLoop loop, int descriptor) : EpollReceive(loop, descriptor)
    {
        private readonly int _descriptor = descriptor;

        // An empty buffer asks whether there is anything; read would answer 0 at once.
        protected override nint Receive(Span<byte> buffer)
        {
            if (buffer.IsEmpty) return Look();
            fixed (byte* start = buffer) return Libc.Read(_descriptor, start, (nuint)buffer.Length);
        }

        private nint Look()
        {
            var look = new Libc.PollDescriptor { Descriptor = _descriptor, Asked = Libc.PollIn };
            var found = Libc.Poll(&look, 1, 0);
            if (found == 0) Marshal.SetLastPInvokeError(Errno.TryAgain);
            return found > 0 ? 0 : -1;
        }
    }

    private sealed unsafe class PipeSend(EventLoop loop, int descriptor) : EpollSend(loop, descriptor)
    {
        private readonly int _descriptor = descriptor;

        // The runtime ignores SIGPIPE, so writing to nobody is an error and not the end.
        protected override nint Send(ReadOnlySpan<byte> buffer)
        {
            fixed (byte* start = buffer) return Libc.Write(_descriptor, start, (nuint)buffer.Length);
        }
    }
}
