using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>Makes the .NET sockets that the listeners of both pollers begin with.</summary>
internal static class ListeningSocket
{
    public static Socket Create(EndPoint endpoint, LoopListenerOptions options)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolOf(endpoint));
        try
        {
            if (options.SharePort) SharedPort.Set(socket);
            if (endpoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true; // any address of either kind
            socket.Bind(endpoint);
            socket.Listen(options.Backlog ?? int.MaxValue); // the system cuts it down to what it allows
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrors.During($"listen on {endpoint}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static ProtocolType ProtocolOf(EndPoint endpoint) =>
        endpoint.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 ? ProtocolType.Tcp : ProtocolType.Unspecified;
}
