// Library code like any other: with the caller's context it would run as user code, and a caller's own ConfigureAwait(false) would leave
// the loop.
using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>From an endpoint to a connected socket: resolves names, tries each address.</summary>
internal static class SocketConnector
{
    /// <summary>On the loop's thread.</summary>
    public static ValueTask<LoopSocket> ConnectAsync(EventLoop loop, EndPoint endpoint, CancellationToken cancellationToken) => ConnectAsync(
        loop, endpoint, async (address, token) => new LoopSocket(loop, await loop.Poller.ConnectAsync(address, token).ConfigureAwait(false)), cancellationToken);

    /// <summary>On the loop's thread.</summary>
    /// <param name="loop">Where.</param>
    /// <param name="endpoint">An address, or a name whose addresses are tried in turn.</param>
    /// <param name="connect">Connects to one address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<TSocket> ConnectAsync<TSocket>(
        EventLoop loop, EndPoint endpoint, Func<EndPoint, CancellationToken, ValueTask<TSocket>> connect, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (endpoint is DnsEndPoint name) return await ConnectByNameAsync(loop, name, connect, cancellationToken).ConfigureAwait(false);
        try
        {
            return await connect(endpoint, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.During($"connect to {endpoint}", exception);
        }
    }

    /// <summary>From any thread; completes on the loop's, without a context. HttpClient calls its ConnectCallback on the thread pool.</summary>
    public static ValueTask<Stream> ConnectStreamAsync(EventLoop loop, EndPoint endpoint, CancellationToken cancellationToken)
    {
        // A plain completion source continues where it is completed: that is how what follows in the HTTP code gets onto the loop.
        var completion = new TaskCompletionSource<Stream>();
        var posted = loop.TryPostLibrary(_ => Connect(loop, endpoint, completion, cancellationToken), null);
        return posted ? new ValueTask<Stream>(completion.Task) : throw EventLoop.Ended();
    }

    private static async void Connect(EventLoop loop, EndPoint endpoint, TaskCompletionSource<Stream> completion, CancellationToken cancellationToken)
    {
        LoopSocket socket;
        try
        {
            socket = await ConnectAsync(loop, endpoint, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            completion.SetCanceled(cancellationToken);
            return;
        }
        catch (Exception exception)
        {
            completion.SetException(exception);
            return;
        }

        completion.SetResult(socket.AsStream());
    }

    private static async ValueTask<TSocket> ConnectByNameAsync<TSocket>(
        EventLoop loop, DnsEndPoint name, Func<EndPoint, CancellationToken, ValueTask<TSocket>> connect, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(name.Host, out var literal) ? [literal] : await ResolveAsync(loop, name, cancellationToken).ConfigureAwait(false);
        var failures = new List<string>();
        var code = (int)SocketError.HostNotFound;
        foreach (var address in addresses)
        {
            var endpoint = new IPEndPoint(address, name.Port);
            try
            {
                return await connect(endpoint, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                code = (int)exception.SocketErrorCode; // in the end that of the last address, as .NET's own sockets report it
                failures.Add($"{endpoint} {SocketErrors.Reason(exception)}");
            }
        }

        throw new SocketException(code, $"Could not connect to {name.Host}:{name.Port}: {(failures.Count == 0 ? "the name has no address" : string.Join("; ", failures))}.");
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(EventLoop loop, DnsEndPoint name, CancellationToken cancellationToken)
    {
        if (loop.IsSimulated) return MemoryPoller.Resolve(name);
        try
        {
            // The system's resolver blocks a pool thread for as long as the name servers are silent, and no token reaches it: only the
            // wait for it can be ended.
            return await loop.Resolver(name.Host, name.AddressFamily, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.During($"resolve the name {name.Host}", exception);
        }
        finally
        {
            // The resolver's thread would be the end of the journey.
            await new LoopReturn(loop);
        }
    }
}
