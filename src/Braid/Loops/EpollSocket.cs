using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>A connected socket on epoll. Mirrors <see cref="PortableSocket"/>.</summary>
/// <remarks>It holds the bare descriptor: only the loop's thread uses it, and the poller closes what is left over.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class EpollSocket : PolledSocket, IEpollHandle
{
    // A Unix listener whose queue is full says "try again" and no event will tell when: ask again after this. As long as an accept takes.
    private static readonly TimeSpan FullQueuePause = TimeSpan.FromMilliseconds(1);

    private readonly EpollPoller _poller;
    private readonly EpollReceive _receive;
    private readonly EpollSend _send;
    private readonly int _descriptor;
    private readonly int _slot;
    private EpollConnect? _connect;
    private bool _closed;

    /// <summary>Takes over a non-blocking descriptor.</summary>
    public EpollSocket(EpollPoller poller, int descriptor)
    {
        _poller = poller;
        _descriptor = descriptor;
        _receive = new EpollReceive(poller.Loop, descriptor);
        _send = new EpollSend(poller.Loop, descriptor);
        try
        {
            _slot = poller.Add(this, descriptor);
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override EndPoint? LocalEndPoint => _closed ? null : EpollAddress.Local(_descriptor);

    public override EndPoint? RemoteEndPoint => _closed ? null : EpollAddress.Remote(_descriptor);

    /// <summary>Makes a socket of the endpoint's family, not yet connected.</summary>
    public static EpollSocket Create(EpollPoller poller, EndPoint endpoint)
    {
        // The values of .NET's AddressFamily are Windows'; only a SocketAddress speaks the system's own language.
        var family = MemoryMarshal.Read<ushort>(endpoint.Serialize().Buffer.Span);
        var descriptor = Libc.Socket(family, Libc.SocketStream | Libc.SocketNonBlocking | Libc.SocketCloseOnExec, 0);
        if (descriptor < 0) throw Errno.ToException(Marshal.GetLastPInvokeError());
        if (ListeningSocket.ProtocolOf(endpoint) == ProtocolType.Tcp) SetNoDelay(descriptor);
        return new EpollSocket(poller, descriptor);
    }

    /// <summary>Small messages leave at once: whoever writes in pieces gathers them first.</summary>
    public static unsafe void SetNoDelay(int descriptor)
    {
        var on = 1;
        _ = Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionNoDelay, &on, sizeof(int)); // only a hint
    }

    public override async ValueTask ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var address = endpoint.Serialize();
        while (true)
        {
            var errno = TryConnect(address);
            if (errno == 0) return;
            if (errno == Errno.TryAgain)
            {
                await _poller.Loop.SleepAsync(FullQueuePause, cancellationToken).ConfigureAwait(false); // see SocketConnector
                ObjectDisposedException.ThrowIf(_closed, typeof(LoopSocket));
                continue;
            }

            if (errno is not (Errno.InProgress or Errno.Interrupted)) throw Errno.ToException(errno);
            _connect = new EpollConnect(_poller.Loop, _descriptor);
            await _connect.StartAsync(cancellationToken).ConfigureAwait(false);
            _connect = null;
            return;
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _receive.Start(buffer, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => _send.Start(buffer, cancellationToken);

    public override void FailReceiveAsStream() => _receive.FailAsStream();

    public override void FailSendAsStream() => _send.FailAsStream();

    public override void CompleteWrites()
    {
        if (Libc.Shutdown(_descriptor, Libc.ShutdownWrites) < 0) throw Errno.ToException(Marshal.GetLastPInvokeError());
    }

    public void OnReady(uint events)
    {
        var broken = (events & (Libc.EpollError | Libc.EpollHangUp)) != 0;
        if (broken || (events & Libc.EpollOut) != 0)
        {
            if (_connect is not null) _connect.OnWritable();
            else _send.OnReady();
        }

        var ended = broken || (events & Libc.EpollReadHangUp) != 0;
        if (ended || (events & Libc.EpollIn) != 0) _receive.OnReadable(ended);
    }

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(_slot);
        _ = Libc.Close(_descriptor);
        _connect?.FailIfPending(new ObjectDisposedException(nameof(LoopSocket), "The socket was disposed while it was connecting."));
        _receive.FailIfPending(new ObjectDisposedException(nameof(LoopSocket), "The socket was disposed while a receive was pending."));
        _send.FailIfPending(new ObjectDisposedException(nameof(LoopSocket), "The socket was disposed while a send was pending."));
    }

    public IEnumerable<ILoopWait> Waits() => _connect is null ? [_receive, _send] : [_connect];

    public override void CompleteBoth()
    {
        if (!_closed) _ = Libc.Shutdown(_descriptor, Libc.ShutdownBoth); // fails only if the peer has ended it already
    }

    public override unsafe void Reset()
    {
        if (_closed) return;
        var linger = stackalloc int[] { 1, 0 }; // struct linger: on, for no time
        _ = Libc.SetOption(_descriptor, Libc.LevelSocket, Libc.OptionLinger, linger, 2 * sizeof(int));
        Close();
    }

    public override ReleasedSocket Release()
    {
        _closed = true;
        _poller.Release(_slot, _descriptor);
        return new Released(_descriptor);
    }

    private unsafe int TryConnect(SocketAddress address)
    {
        fixed (byte* start = address.Buffer.Span)
            return Libc.Connect(_descriptor, start, (uint)address.Size) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private sealed class Released(int descriptor) : ReleasedSocket
    {
        public override LoopSocket AdoptBy(EventLoop loop) => new(loop, new EpollSocket((EpollPoller)loop.Poller, descriptor));

        public override void Close() => _ = Libc.Close(descriptor);
    }
}
