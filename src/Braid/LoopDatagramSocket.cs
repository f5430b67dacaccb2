using System.Net;
using System.Net.Sockets;
using Braid.Loops;

namespace Braid;

/// <summary>A datagram socket, UDP over IPv4 or IPv6, of an event loop.</summary>
/// <remarks>
/// For the loop's thread only, except <see cref="DisposeAsync"/>. Bound, it receives from everybody and sends to anybody; connected, it
/// knows one peer. A datagram arrives whole or not at all, perhaps twice, and in any order. One receive and one send at a time; both at
/// once are fine. On epoll neither allocates once warm, except where a member says so.
/// A connected socket whose peer has nobody listening learns it from the network: some later receive or send fails with
/// <see cref="SocketError.ConnectionRefused"/>, once, and the socket stays usable.
/// </remarks>
public sealed class LoopDatagramSocket : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly PolledDatagramSocket _socket;
    private IPEndPoint? _peer; // .NET's socket takes itself for unconnected after the first error
    private SocketAddress? _sender; // of ReceiveFromAsync without an address of the caller's

    private LoopDatagramSocket(EventLoop loop, PolledDatagramSocket socket)
    {
        _loop = loop;
        _socket = socket;
    }

    /// <summary>The socket's own address, with the port that the system chose if 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)Open("LocalEndPoint").LocalEndPoint!;

    /// <summary>The peer that the socket is connected to; null: to none.</summary>
    public IPEndPoint? RemoteEndPoint => _peer;

    /// <summary>Takes a port, to receive from everybody. On an event loop's thread; the socket belongs to that loop.</summary>
    /// <param name="endpoint">The address of this machine's to receive at; port 0: any free one.</param>
    /// <param name="options">How; null: the defaults.</param>
    /// <exception cref="InvalidOperationException">This thread runs no event loop.</exception>
    /// <exception cref="NotSupportedException">The loop has a <see cref="LoopOptions.Seed"/>, and so no outside.</exception>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    /// <exception cref="PlatformNotSupportedException">The port is to be shared, and this system cannot.</exception>
    public static LoopDatagramSocket Bind(IPEndPoint endpoint, LoopDatagramOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var loop = EventLoop.RequireReal("LoopDatagramSocket.Bind");
        return Watch(loop, DatagramSocket.Bind(endpoint, options ?? new LoopDatagramOptions()));
    }

    /// <summary>Makes a socket that knows one peer. On an event loop's thread; the socket belongs to that loop. Nothing is sent, so nobody need be there.</summary>
    /// <param name="endpoint">An <see cref="IPEndPoint"/>, or a <see cref="DnsEndPoint"/>, of whose addresses the first is taken that there is a way to.</param>
    /// <param name="options">How; null: the defaults.</param>
    /// <param name="cancellationToken">Gives up resolving the name.</param>
    /// <exception cref="InvalidOperationException">This thread runs no event loop.</exception>
    /// <exception cref="NotSupportedException">The loop has a <see cref="LoopOptions.Seed"/>, and so no outside.</exception>
    /// <exception cref="SocketException">The name is unknown, or there is no way to it.</exception>
    public static ValueTask<LoopDatagramSocket> ConnectAsync(EndPoint endpoint, LoopDatagramOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var loop = EventLoop.RequireReal("LoopDatagramSocket.ConnectAsync");
        if (endpoint is not (IPEndPoint or DnsEndPoint))
            throw new ArgumentException($"A datagram socket connects to an IPEndPoint or a DnsEndPoint, got '{endpoint}' ({endpoint.GetType().Name}).", nameof(endpoint));
        options ??= new LoopDatagramOptions();
        return SocketConnector.ConnectAsync(
            loop, endpoint, (address, _) => ValueTask.FromResult(Watch(loop, DatagramSocket.Connect((IPEndPoint)address, options), (IPEndPoint)address)), cancellationToken);
    }

    /// <summary>From now on a bound socket sends to this peer, and receives from it only.</summary>
    /// <exception cref="SocketException">There is no way to it.</exception>
    public void Connect(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var socket = Open("Connect");
        try
        {
            socket.Connect(endpoint);
            _peer = endpoint;
        }
        catch (SocketException exception)
        {
            throw SocketErrors.During($"connect to {endpoint}", exception);
        }
    }

    /// <summary>Receives the next datagram, whoever sent it.</summary>
    /// <param name="buffer">Where to, not empty. A datagram that is longer is lost, and a <see cref="SocketException"/> with <see cref="SocketError.MessageSize"/> says so.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is lost.</param>
    /// <returns>The number of bytes. 0: an empty datagram, not an end.</returns>
    /// <exception cref="InvalidOperationException">Another receive is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed, now or while it waited.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Receive("ReceiveAsync", buffer, null, cancellationToken);

    /// <inheritdoc cref="ReceiveAsync"/>
    /// <summary>Receives the next datagram and notes its sender, without allocating.</summary>
    /// <param name="buffer">Where to, not empty. A datagram that is longer is lost, and a <see cref="SocketException"/> with <see cref="SocketError.MessageSize"/> says so.</param>
    /// <param name="sender">Overwritten with the sender's address, which can be given to <see cref="SendToAsync(ReadOnlyMemory{byte}, SocketAddress, CancellationToken)"/>.
    /// Make it once, for example <c>new SocketAddress(AddressFamily.InterNetwork)</c>, in the socket's own address family.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is lost.</param>
    public ValueTask<int> ReceiveFromAsync(Memory<byte> buffer, SocketAddress sender, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sender);
        var needed = SocketAddress.GetMaximumAddressSize(Open("ReceiveFromAsync").AddressFamily);
        if (sender.Buffer.Length < needed)
            throw new ArgumentException($"The SocketAddress has room for {sender.Buffer.Length} bytes and this socket's addresses take {needed}; make it with new SocketAddress(AddressFamily.{_socket.Socket.AddressFamily}).", nameof(sender));
        return Receive("ReceiveFromAsync", buffer, sender, cancellationToken);
    }

    /// <inheritdoc cref="ReceiveAsync"/>
    /// <summary>Receives the next datagram and tells who sent it. Allocates the sender's endpoint; the overload with a <see cref="SocketAddress"/> does not.</summary>
    /// <returns>The number of bytes and the sender.</returns>
    public ValueTask<SocketReceiveFromResult> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var family = Open("ReceiveFromAsync").AddressFamily;
        var received = Receive("ReceiveFromAsync", buffer, _sender ??= new SocketAddress(family), cancellationToken);
        return ResultAsync(received, _sender, family);
    }

    /// <summary>Sends a datagram to the peer. Complete when the system has taken it.</summary>
    /// <param name="datagram">What to send, at most 65,507 bytes over IPv4; may be empty. Leave it alone until the task has completed.</param>
    /// <param name="cancellationToken">Ends the wait; then it was not sent.</param>
    /// <exception cref="InvalidOperationException">The socket is not connected, another send is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed, now or while it waited.</exception>
    /// <exception cref="SocketException">The datagram is too long, there is no way to the peer, or an earlier one came back.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default)
    {
        Open("SendAsync");
        if (_peer is null) throw new InvalidOperationException("This socket is connected to no peer; use SendToAsync, or Connect it first.");
        return Send(datagram, null, cancellationToken);
    }

    /// <summary>Sends a datagram to an address, without allocating. Complete when the system has taken it.</summary>
    /// <param name="datagram">What to send, at most 65,507 bytes over IPv4; may be empty. Leave it alone until the task has completed.</param>
    /// <param name="receiver">Of the socket's own address family, as <see cref="ReceiveFromAsync(Memory{byte}, SocketAddress, CancellationToken)"/>
    /// or <see cref="EndPoint.Serialize"/> gave it. Leave it alone until the task has completed.</param>
    /// <param name="cancellationToken">Ends the wait; then it was not sent.</param>
    /// <exception cref="InvalidOperationException">The socket is connected, another send is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed, now or while it waited.</exception>
    /// <exception cref="SocketException">The datagram is too long, or there is no way to the address.</exception>
    public ValueTask SendToAsync(ReadOnlyMemory<byte> datagram, SocketAddress receiver, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var socket = Open("SendToAsync");
        if (_peer is not null) throw new InvalidOperationException($"This socket is connected to {_peer}; use SendAsync.");
        if (receiver.Family != socket.AddressFamily)
            throw new ArgumentException($"The address is {receiver.Family} and this socket is {socket.AddressFamily}.", nameof(receiver));
        return Send(datagram, receiver, cancellationToken);
    }

    /// <inheritdoc cref="SendToAsync(ReadOnlyMemory{byte}, SocketAddress, CancellationToken)"/>
    /// <summary>Sends a datagram to an address. Allocates some 100 bytes for the address; the overload with a <see cref="SocketAddress"/> does not.</summary>
    public ValueTask SendToAsync(ReadOnlyMemory<byte> datagram, IPEndPoint receiver, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var socket = Open("SendToAsync");
        if (receiver.AddressFamily == AddressFamily.InterNetwork && socket is { AddressFamily: AddressFamily.InterNetworkV6, DualMode: true })
            receiver = new IPEndPoint(receiver.Address.MapToIPv6(), receiver.Port);
        if (receiver.AddressFamily != socket.AddressFamily)
            throw new ArgumentException($"{receiver} is {receiver.AddressFamily} and this socket is {socket.AddressFamily} alone; set DualMode in LoopDatagramOptions.Configure to speak both.", nameof(receiver));
        return SendToAsync(datagram, receiver.Serialize(), cancellationToken);
    }

    /// <summary>Closes the socket; what is pending fails with <see cref="ObjectDisposedException"/>. From any thread, any number of times.</summary>
    public ValueTask DisposeAsync() => LoopDisposal.CloseAsync(_loop, _socket, static socket => socket.Close());

    private static LoopDatagramSocket Watch(EventLoop loop, Socket socket, IPEndPoint? peer = null)
    {
        try
        {
            return new LoopDatagramSocket(loop, loop.Poller.Watch(socket)) { _peer = peer };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private ValueTask<int> Receive(string member, Memory<byte> buffer, SocketAddress? sender, CancellationToken cancellationToken)
    {
        Open(member);
        if (buffer.IsEmpty) throw new ArgumentException("The buffer is empty, so every datagram would be lost. 65,535 bytes hold any.", nameof(buffer));
        if (_socket.IsReceiving) throw Busy("receive");
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : _socket.ReceiveAsync(buffer, sender, cancellationToken);
    }

    private ValueTask Send(ReadOnlyMemory<byte> datagram, SocketAddress? receiver, CancellationToken cancellationToken)
    {
        if (_socket.IsSending) throw Busy("send");
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : _socket.SendAsync(datagram, receiver, cancellationToken);
    }

    private static async ValueTask<SocketReceiveFromResult> ResultAsync(ValueTask<int> received, SocketAddress sender, AddressFamily family)
    {
        var length = await received.ConfigureAwait(false);
        var any = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        return new SocketReceiveFromResult { ReceivedBytes = length, RemoteEndPoint = any.Create(sender) };
    }

    private Socket Open(string member)
    {
        ObjectDisposedException.ThrowIf(_socket.IsClosed, this);
        if (!_loop.IsCurrentThread)
            throw new InvalidOperationException($"LoopDatagramSocket.{member} must be called on the thread of the socket's own event loop.");
        return _socket.Socket;
    }

    private static InvalidOperationException Busy(string direction) =>
        new($"A {direction} is in progress on this socket already; await it before the next. (A receive and a send may run at once.)");
}
