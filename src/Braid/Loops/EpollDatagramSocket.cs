using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>A datagram socket on epoll. Mirrors <see cref="PortableDatagramSocket"/>.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollDatagramSocket : PolledDatagramSocket, IEpollHandle
{
    private readonly EpollPoller _poller;
    private readonly EpollDatagramReceive _receive;
    private readonly EpollDatagramSend _send;
    private readonly int _slot;
    private bool _closed;

    /// <summary>Takes over a socket.</summary>
    public EpollDatagramSocket(EpollPoller poller, Socket socket)
    {
        _poller = poller;
        Socket = socket;
        socket.Blocking = false;
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _receive = new EpollDatagramReceive(poller.Loop, descriptor);
        _send = new EpollDatagramSend(poller.Loop, descriptor);
        _slot = poller.Add(this, descriptor);
    }

    public override Socket Socket { get; }

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress? sender, CancellationToken cancellationToken) =>
        _receive.Start(buffer, sender, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> datagram, SocketAddress? receiver, CancellationToken cancellationToken) =>
        _send.Start(datagram, receiver, cancellationToken);

    public void OnReady(uint events)
    {
        // An error, such as a peer that is not there, is told to whoever asks first: those who receive have waited longer.
        var broken = (events & (Libc.EpollError | Libc.EpollHangUp)) != 0;
        if (broken || (events & Libc.EpollIn) != 0) _receive.OnReadable();
        if (broken || (events & Libc.EpollOut) != 0) _send.OnReady();
    }

    public IEnumerable<ILoopWait> Waits() => [_receive, _send];

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(_slot);
        Socket.Dispose();
        _receive.FailIfPending(new ObjectDisposedException(nameof(LoopDatagramSocket), "The socket was disposed while a receive was pending."));
        _send.FailIfPending(new ObjectDisposedException(nameof(LoopDatagramSocket), "The socket was disposed while a send was pending."));
    }
}
