using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>Makes the .NET sockets that the datagram sockets of both pollers begin with.</summary>
internal static class DatagramSocket
{
    // Windows' name for: a datagram that could not be delivered to one peer shall not fail the next receive from another.
    private const int ReportUnreachable = -1744830452; // SIO_UDP_CONNRESET

    public static Socket Bind(IPEndPoint endpoint, LoopDatagramOptions options)
    {
        var socket = Create(endpoint, options);
        return Prepare(socket, $"bind to {endpoint}", () =>
        {
            if (OperatingSystem.IsWindows()) socket.IOControl(ReportUnreachable, [0, 0, 0, 0], null);
            socket.Bind(endpoint);
        });
    }

    public static Socket Connect(IPEndPoint peer, LoopDatagramOptions options)
    {
        var socket = Create(peer, options);
        try
        {
            socket.Connect(peer);
            return socket;
        }
        catch
        {
            socket.Dispose(); // whoever connects says in the error to whom
            throw;
        }
    }

    private static Socket Create(IPEndPoint endpoint, LoopDatagramOptions options)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        return Prepare(socket, $"set up a socket for {endpoint}", () =>
        {
            if (options.SharePort) SharedPort.Set(socket);
            options.Configure?.Invoke(socket);
        });
    }

    private static Socket Prepare(Socket socket, string deed, Action step)
    {
        try
        {
            step();
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrors.During(deed, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
