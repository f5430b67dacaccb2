using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A datagram socket of .NET's. Mirrors EpollDatagramSocket.</summary>
internal sealed class PortableDatagramSocket : PolledDatagramSocket, IPortableHandle
{
    private readonly PortablePoller _poller;
    private readonly PortableOperation<int> _receive;
    private readonly PortableOperation<int> _send;
    private readonly IPEndPoint _anybody;
    private bool _closed;

    /// <summary>Takes over a socket.</summary>
    public PortableDatagramSocket(PortablePoller poller, Socket socket)
    {
        _poller = poller;
        Socket = socket;
        _anybody = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        _receive = new PortableOperation<int>(poller.Loop, "a receive");
        _send = new PortableOperation<int>(poller.Loop, "a send");
        poller.Add(this);
    }

    public override Socket Socket { get; }

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress? sender, CancellationToken cancellationToken) =>
        _receive.Follow(ReceiveCoreAsync(buffer, sender, cancellationToken));

    public override ValueTask SendAsync(ReadOnlyMemory<byte> datagram, SocketAddress? receiver, CancellationToken cancellationToken) =>
        _send.FollowVoid(SendCoreAsync(datagram, receiver, cancellationToken));

    public IEnumerable<ILoopWait> Waits() => [_receive, _send];

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Remove(this);
        _receive.MarkClosed();
        _send.MarkClosed();
        Socket.Dispose();
    }

    public void Abandon()
    {
        Close();
        _receive.Abandon();
        _send.Abandon();
    }

    // The operations around these bring the caller back, so here they may go on where they like.
    private async ValueTask<int> ReceiveCoreAsync(Memory<byte> buffer, SocketAddress? sender, CancellationToken cancellationToken)
    {
        try
        {
            // Of .NET's ways to receive the only one that tells on every system whether the datagram was cut off.
            var received = await Socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, _anybody, cancellationToken).ConfigureAwait(false);
            if ((received.SocketFlags & SocketFlags.Truncated) != 0) throw SocketErrors.Truncated(buffer.Length, null);
            if (sender is not null) Copy(received.RemoteEndPoint.Serialize(), sender);
            return received.ReceivedBytes;
        }
        catch (SocketException exception) when (OperatingSystem.IsWindows() && exception.SocketErrorCode == SocketError.MessageSize)
        {
            throw SocketErrors.Truncated(buffer.Length, null);
        }
    }

    private async ValueTask<int> SendCoreAsync(ReadOnlyMemory<byte> datagram, SocketAddress? receiver, CancellationToken cancellationToken)
    {
        try
        {
            return receiver is null
                ? await Socket.SendAsync(datagram, SocketFlags.None, cancellationToken).ConfigureAwait(false)
                : await Socket.SendToAsync(datagram, SocketFlags.None, receiver, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            throw SocketErrors.TooLong(datagram.Length);
        }
    }

    private static void Copy(SocketAddress from, SocketAddress to)
    {
        from.Buffer.Span[..from.Size].CopyTo(to.Buffer.Span);
        to.Size = from.Size;
    }
}
