using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>Several sockets on one port, among which the kernel spreads what comes in.</summary>
internal static class SharedPort
{
    // Linux's numbers on every processor that .NET runs on.
    private const int LevelSocket = 1;
    private const int ReusePort = 15;

    /// <summary>To be called before the socket is bound.</summary>
    /// <exception cref="PlatformNotSupportedException">The system does not spread: on macOS the newest listener gets everything, Windows has no such option.</exception>
    public static void Set(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("SharePort needs SO_REUSEPORT as Linux has it; on this system let one listener accept, and hand the work to the other loops.");
        socket.SetRawSocketOption(LevelSocket, ReusePort, BitConverter.GetBytes(1));
    }

    /// <exception cref="ArgumentException">The endpoint has no port.</exception>
    public static void Check(EndPoint endpoint, string parameter)
    {
        if (endpoint is not IPEndPoint)
            throw new ArgumentException($"SharePort is for IP endpoints; '{endpoint}' has no port to share. Bind it once, and hand its connections to the other loops.", parameter);
    }
}
