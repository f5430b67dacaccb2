using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A connected socket of .NET's. Mirrors EpollSocket.</summary>
internal sealed class PortableSocket : PolledSocket, IPortableHandle
{
    private readonly PortablePoller _poller;
    private readonly Socket _socket;
    private readonly PortableOperation<int> _receive;
    private readonly PortableOperation<int> _send;
    private PortableOperation<int>? _connect;
    private bool _closed;

    /// <summary>Takes over a socket.</summary>
    public PortableSocket(PortablePoller poller, Socket socket)
    {
        _poller = poller;
        _socket = socket;
        _receive = new PortableOperation<int>(poller.Loop, "a receive");
        _send = new PortableOperation<int>(poller.Loop, "a send");

        // Small messages leave at once: whoever writes in pieces gathers them first.
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
        poller.Add(this);
    }

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override EndPoint? LocalEndPoint => Address(static socket => socket.LocalEndPoint);

    public override EndPoint? RemoteEndPoint => Address(static socket => socket.RemoteEndPoint);

    public override async ValueTask ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        _connect = new PortableOperation<int>(_poller.Loop, "a connect");
        await _connect.Follow(ConnectCoreAsync(endpoint, cancellationToken)).ConfigureAwait(false); // see SocketConnector
        _connect = null;
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _receive.Follow(_socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken));

    // On a stream socket .NET goes on until all has been sent.
    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
        _send.FollowVoid(_socket.SendAsync(buffer, SocketFlags.None, cancellationToken));

    public override void FailReceiveAsStream() => _receive.FailAsStream();

    public override void FailSendAsStream() => _send.FailAsStream();

    public override void CompleteWrites() => _socket.Shutdown(SocketShutdown.Send);

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(this);
        _connect?.MarkClosed();
        _receive.MarkClosed();
        _send.MarkClosed();
        _socket.Dispose(); // .NET ends what is pending, which arrives like any other completion, and resets the connection in that case
    }

    public override void CompleteBoth()
    {
        if (_closed) return;
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer has ended it already.
        }
    }

    public override void Reset()
    {
        if (_closed) return;
        if (_socket.ProtocolType == ProtocolType.Tcp) _socket.LingerState = new LingerOption(true, 0);
        Close();
    }

    public override ReleasedSocket Release()
    {
        _closed = true;
        _poller.Remove(this);
        return new Released(_socket);
    }

    public void Abandon()
    {
        Close();
        _connect?.Abandon();
        _receive.Abandon();
        _send.Abandon();
    }

    public IEnumerable<ILoopWait> Waits() => _connect is null ? [_receive, _send] : [_connect];

    private async ValueTask<int> ConnectCoreAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        // The operation around this brings the caller back, so here it may go on where it likes.
        await _socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private EndPoint? Address(Func<Socket, EndPoint?> read)
    {
        try
        {
            var endpoint = read(_socket);
            return string.IsNullOrEmpty(endpoint?.ToString()) ? null : endpoint; // a Unix client has no name
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private sealed class Released(Socket socket) : ReleasedSocket
    {
        public override LoopSocket AdoptBy(EventLoop loop) => new(loop, new PortableSocket((PortablePoller)loop.Poller, socket));

        public override void Close() => socket.Dispose();
    }
}
