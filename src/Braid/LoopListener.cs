using System.Net;
using Braid.Loops;

namespace Braid;

/// <summary>Accepts connections, TCP or Unix, on an event loop.</summary>
/// <remarks>For the loop's thread only, except <see cref="DisposeAsync"/>.</remarks>
public sealed class LoopListener : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly PolledListener _listener;

    private LoopListener(EventLoop loop, PolledListener listener)
    {
        _loop = loop;
        _listener = listener;
    }

    /// <summary>Where it listens, with the port that the system chose if 0 was asked for.</summary>
    public EndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>Starts to listen. On an event loop's thread; the listener belongs to that loop.</summary>
    /// <param name="endpoint">An <see cref="IPEndPoint"/> (port 0: any free one; <see cref="IPAddress.IPv6Any"/>: IPv4 too) or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, whose file is removed on disposal.</param>
    /// <param name="options">How; null: the defaults. For several loops on one port: <see cref="LoopListenerOptions.SharePort"/>.</param>
    /// <exception cref="InvalidOperationException">This thread runs no event loop.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint is taken, or not this machine's.</exception>
    /// <exception cref="PlatformNotSupportedException">The port is to be shared, and this system cannot.</exception>
    public static LoopListener Bind(EndPoint endpoint, LoopListenerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new LoopListenerOptions();
        options.Validate();
        var loop = EventLoop.Require("LoopListener.Bind");
        if (endpoint is DnsEndPoint)
            throw new ArgumentException($"Cannot listen on the name {endpoint}; give an IPEndPoint, for example new IPEndPoint(IPAddress.Loopback, 0).", nameof(endpoint));
        if (options.SharePort) SharedPort.Check(endpoint, nameof(endpoint));
        return new LoopListener(loop, loop.Poller.Bind(endpoint, options));
    }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The connection; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">Another accept is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed, now or while it waited.</exception>
    public ValueTask<LoopSocket> AcceptAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_listener.IsClosed, this);
        if (!_loop.IsCurrentThread)
            throw new InvalidOperationException("LoopListener.AcceptAsync must be called on the thread of the listener's own event loop.");
        if (_listener.IsAccepting) throw new InvalidOperationException("An accept is in progress on this listener already; await it before the next.");
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<LoopSocket>(cancellationToken)
            : _listener.AcceptAsync(cancellationToken);
    }

    /// <summary>Stops listening; a pending accept fails with <see cref="ObjectDisposedException"/>. From any thread, any number of times.</summary>
    public ValueTask DisposeAsync() => LoopDisposal.CloseAsync(_loop, _listener, static listener => listener.Close());
}
