using System.Net;
using Braid.Loops;

namespace Braid;

/// <summary>A connected stream socket, TCP or Unix, of an event loop.</summary>
/// <remarks>
/// For the loop's thread only, except <see cref="AsStream"/>'s stream and <see cref="DisposeAsync"/>. One receive and one send at a time;
/// both at once are fine. Receiving and sending allocate nothing once warm. TCP sockets send small messages at once (TCP_NODELAY).
/// A reset or another failure of the connection is a <see cref="System.Net.Sockets.SocketException"/>.
/// </remarks>
public sealed class LoopSocket : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly PolledSocket _socket;
    private LoopStream? _stream;

    internal LoopSocket(EventLoop loop, PolledSocket socket)
    {
        _loop = loop;
        _socket = socket;
    }

    /// <summary>This end's address; null: it has none, or the connection is gone.</summary>
    public EndPoint? LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>The peer's address; null: it has none, as the client of a Unix socket, or the connection is gone.</summary>
    public EndPoint? RemoteEndPoint => _socket.RemoteEndPoint;

    /// <summary>Connects. On an event loop's thread; the socket belongs to that loop.</summary>
    /// <param name="endpoint">An <see cref="IPEndPoint"/>, a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose addresses are tried in turn.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">This thread runs no event loop.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody listens there, or the way there is broken.</exception>
    public static ValueTask<LoopSocket> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return SocketConnector.ConnectAsync(EventLoop.Require("LoopSocket.ConnectAsync"), endpoint, cancellationToken);
    }

    /// <summary>Receives what has come, waiting until there is something.</summary>
    /// <param name="buffer">Where to. Empty: waits until there is something to receive, and returns 0.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is lost.</param>
    /// <returns>The number of bytes; 0: the peer has ended its side.</returns>
    /// <exception cref="InvalidOperationException">Another receive is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed, now or while it waited.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check("ReceiveAsync");
        if (_socket.IsReceiving) throw Busy("receive");
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : _socket.ReceiveAsync(buffer, cancellationToken);
    }

    /// <summary>Sends all of <paramref name="buffer"/>. Complete when the system has taken the last byte, not when the peer has it.</summary>
    /// <param name="buffer">What to send; leave it alone until the task has completed.</param>
    /// <param name="cancellationToken">Ends the wait. How much was sent is then unknown, so the connection is of no more use.</param>
    /// <exception cref="InvalidOperationException">Another send is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed, now or while it waited.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check("SendAsync");
        if (_socket.IsSending) throw Busy("send");
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : _socket.SendAsync(buffer, cancellationToken);
    }

    /// <summary>Ends this side: the peer receives what was sent and then 0. Receiving goes on.</summary>
    public void CompleteWrites()
    {
        Check("CompleteWrites");
        _socket.CompleteWrites();
    }

    /// <summary>The socket as a stream, for libraries. Disposing the one disposes the other. The same stream each time.</summary>
    /// <remarks>
    /// It may be used from any thread: calls from elsewhere are carried to the loop, at the price of an allocation and a post, and
    /// what awaits them there without a SynchronizationContext goes on on the loop. Reading
    /// into an empty buffer waits for data. Its blocking methods are refused on the loop's thread. A failure of the connection is an
    /// <see cref="IOException"/> with the <see cref="System.Net.Sockets.SocketException"/> inside, as libraries expect it.
    /// TLS: <c>new SslStream(socket.AsStream())</c>.
    /// </remarks>
    public Stream AsStream() => _stream ??= new LoopStream(_loop, _socket, FileAccess.ReadWrite);

    /// <summary>Closes the socket; what is pending fails with <see cref="ObjectDisposedException"/>. From any thread, any number of times.</summary>
    public ValueTask DisposeAsync() => LoopDisposal.CloseAsync(_loop, _socket, static socket => socket.Close());

    /// <summary>Ends both directions in good order; a pending receive gets 0. On the loop's thread, and before disposal.</summary>
    internal void CompleteBoth() => _socket.CompleteBoth();

    /// <summary>Closes the socket so that the peer sees a failure. On the loop's thread.</summary>
    internal void Reset() => _socket.Reset();

    /// <summary>Takes the socket, fresh from an accept, away from this loop. On the loop's thread; this object is of no more use.</summary>
    internal ReleasedSocket Release() => _socket.Release();

    private void Check(string member)
    {
        ObjectDisposedException.ThrowIf(_socket.IsClosed, this);
        if (!_loop.IsCurrentThread)
            throw new InvalidOperationException($"LoopSocket.{member} must be called on the thread of the socket's own event loop; AsStream() may be used from any thread.");
    }

    private static InvalidOperationException Busy(string direction) =>
        new($"A {direction} is in progress on this socket already; await it before the next. (A receive and a send may run at once.)");
}
