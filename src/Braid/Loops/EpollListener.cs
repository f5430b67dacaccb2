using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>A listening socket on epoll. Mirrors <see cref="PortableListener"/>.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollListener : PolledListener, IEpollHandle
{
    private readonly EpollPoller _poller;
    private readonly Socket _socket;
    private readonly EpollAccept _accept;
    private readonly int _slot;
    private bool _closed;

    public EpollListener(EpollPoller poller, EndPoint endpoint, LoopListenerOptions options)
    {
        _poller = poller;
        _socket = ListeningSocket.Create(endpoint, options);
        try
        {
            _socket.Blocking = false;
            LocalEndPoint = _socket.LocalEndPoint!;
            var descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
            _accept = new EpollAccept(poller, descriptor, ListeningSocket.ProtocolOf(endpoint) == ProtocolType.Tcp);
            _slot = poller.Add(this, descriptor);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public override EndPoint LocalEndPoint { get; }

    public override bool IsAccepting => _accept.IsBusy;

    public override bool IsClosed => _closed;

    public override ValueTask<LoopSocket> AcceptAsync(CancellationToken cancellationToken) => _accept.StartAsync(cancellationToken);

    public void OnReady(uint events) => _accept.OnReady();

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(_slot);
        _socket.Dispose(); // removes a Unix socket's file, too
        _accept.FailIfPending(new ObjectDisposedException(nameof(LoopListener), "The listener was disposed while an accept was pending."));
    }

    public IEnumerable<ILoopWait> Waits() => [_accept];
}
