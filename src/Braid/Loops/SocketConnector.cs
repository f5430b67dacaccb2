// Awaits in this folder keep the context on purpose: it is what brings user code back to the loop.
using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>From an endpoint to a connected socket: resolves names, tries each address.</summary>
internal static class SocketConnector
{
    /// <summary>On the loop's thread.</summary>
    public static async ValueTask<LoopSocket> ConnectAsync(EventLoop loop, EndPoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (endpoint is DnsEndPoint name) return await ConnectByNameAsync(loop, name, cancellationToken);
        return new LoopSocket(loop, await loop.Poller.ConnectAsync(endpoint, cancellationToken));
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
            socket = await ConnectAsync(loop, endpoint, cancellationToken);
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

    private static async ValueTask<LoopSocket> ConnectByNameAsync(EventLoop loop, DnsEndPoint name, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(name.Host, out var literal) ? [literal] : await ResolveAsync(loop, name, cancellationToken);
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            try
            {
                return new LoopSocket(loop, await loop.Poller.ConnectAsync(new IPEndPoint(address, name.Port), cancellationToken));
            }
            catch (SocketException exception)
            {
                failure = exception; // of the last address, as .NET's own sockets report it
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(EventLoop loop, DnsEndPoint name, CancellationToken cancellationToken)
    {
        if (loop.IsSimulated) return MemoryPoller.Resolve(name);
        try
        {
            return await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancellationToken);
        }
        finally
        {
            // For library code, which has no context, the resolver's thread would be the end of the journey.
            await new LoopReturn(loop);
        }
    }
}
