using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A socket in memory. Mirrors EpollSocket.</summary>
internal sealed class MemorySocket : PolledSocket
{
    private readonly MemoryPoller _poller;
    private readonly EndPoint _endpoint;
    private readonly string _side;
    private readonly MemoryPipe _incoming;
    private readonly MemoryPipe _outgoing;
    private readonly MemoryReceive _receive;
    private readonly MemorySend _send;
    private MemoryConnect? _connect;
    private bool _isConnected;
    private bool _closed;

    /// <summary>The side that connects.</summary>
    public MemorySocket(MemoryPoller poller, EndPoint endpoint)
        : this(poller, endpoint, "to", new MemoryPipe(poller), new MemoryPipe(poller))
    {
    }

    private MemorySocket(MemoryPoller poller, EndPoint endpoint, string side, MemoryPipe incoming, MemoryPipe outgoing)
    {
        _poller = poller;
        _endpoint = endpoint;
        _side = side;
        _incoming = incoming;
        _outgoing = outgoing;
        _receive = new MemoryReceive(poller, incoming);
        _send = new MemorySend(poller, incoming, outgoing);
        incoming.Arrived = OnArrived;
        incoming.Refused = outgoing.Reset;
        outgoing.Emptied = _send.OnReady;
        poller.Add(this);
    }

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override async ValueTask ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        _connect = new MemoryConnect(_poller, this);
        await _connect.StartAsync(endpoint, cancellationToken).ConfigureAwait(false); // see SocketConnector
        _connect = null;
    }

    public override void FailReceiveAsStream() => _receive.FailAsStream();

    public override void FailSendAsStream() => _send.FailAsStream();

    /// <summary>The connection is made: this is what the listener accepts.</summary>
    public MemorySocket MakePeer()
    {
        _isConnected = true;
        return new MemorySocket(_poller, _endpoint, "from", _outgoing, _incoming) { _isConnected = true };
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _receive.StartAsync(buffer, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => _send.StartAsync(buffer, cancellationToken);

    public override void CompleteWrites() => _outgoing.End();

    /// <summary>Closes it; the peer gets an end, or a reset if not everything that it has sent was received.</summary>
    public override void Close() => Close(isReset: _incoming.HasUnread);

    /// <summary>Closes it with a reset.</summary>
    public void Abort() => Close(isReset: true);

    public IEnumerable<ILoopWait> Waits() => _connect is null ? [_receive, _send] : [_connect];

    public IEnumerable<string> DescribePending()
    {
        if (_connect is { IsPending: true }) yield return $"a connect to {_endpoint}";
        if (_receive.IsPending) yield return $"a receive on a connection {_side} {_endpoint}";
        if (_send.IsPending) yield return $"a send on a connection {_side} {_endpoint}, whose peer does not receive";
    }

    private void Close(bool isReset)
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(this);
        if (_isConnected) Leave(isReset);
        _connect?.FailIfPending(new ObjectDisposedException(nameof(LoopSocket), "The socket was disposed while it was connecting."));
        _receive.FailIfPending(new ObjectDisposedException(nameof(LoopSocket), "The socket was disposed while a receive was pending."));
        _send.FailIfPending(new ObjectDisposedException(nameof(LoopSocket), "The socket was disposed while a send was pending."));
    }

    private void Leave(bool isReset)
    {
        _incoming.Abandon();
        if (isReset) _outgoing.Reset();
        else _outgoing.End();
    }

    private void OnArrived()
    {
        _receive.OnReady();
        if (_incoming.IsReset) _send.OnReady(); // fails
    }
}

/// <summary>One connect: who listens is seen when it arrives there.</summary>
internal sealed class MemoryConnect(MemoryPoller poller, MemorySocket socket) : LoopOperation<int>(poller.Loop)
{
    public override string What => "connect";

    public ValueTask StartAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        poller.After(poller.Simulation.NextDelay(), () => Arrive(endpoint));
        return VoidTask;
    }

    private void Arrive(EndPoint endpoint)
    {
        if (!IsPending) return; // cancelled, or its socket was disposed
        if (poller.Find(endpoint) is { } listener)
        {
            listener.Add(socket.MakePeer());
            Complete(0);
        }
        else
        {
            // As on Linux: a Unix socket whose listener is gone has no file any more.
            Fail(new SocketException((int)(endpoint is UnixDomainSocketEndPoint ? SocketError.AddressNotAvailable : SocketError.ConnectionRefused)));
        }
    }
}
