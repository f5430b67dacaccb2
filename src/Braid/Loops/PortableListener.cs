using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A listening socket of .NET's. Mirrors EpollListener.</summary>
internal sealed class PortableListener : PolledListener, IPortableHandle
{
    private readonly PortablePoller _poller;
    private readonly Socket _socket;
    private readonly PortableOperation<Socket> _accept;
    private bool _closed;

    public PortableListener(PortablePoller poller, EndPoint endpoint, LoopListenerOptions options)
    {
        _poller = poller;
        _socket = ListeningSocket.Create(endpoint, options);
        _accept = new PortableOperation<Socket>(poller.Loop, "an accept");
        LocalEndPoint = _socket.LocalEndPoint!;
        poller.Add(this);
    }

    public override EndPoint LocalEndPoint { get; }

    public override bool IsAccepting => _accept.IsBusy;

    public override bool IsClosed => _closed;

    public override async ValueTask<LoopSocket> AcceptAsync(CancellationToken cancellationToken)
    {
        var socket = await _accept.Follow(_socket.AcceptAsync(cancellationToken)).ConfigureAwait(false); // see SocketConnector
        return new LoopSocket(_poller.Loop, new PortableSocket(_poller, socket));
    }

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(this);
        _accept.MarkClosed();
        _socket.Dispose();
    }

    public void Abandon()
    {
        Close();
        _accept.Abandon();
    }

    public IEnumerable<ILoopWait> Waits() => [_accept];
}
