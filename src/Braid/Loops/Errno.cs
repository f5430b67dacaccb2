using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>Linux's error numbers, and what .NET calls them: users see the same SocketException as from .NET's own sockets.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoSystemCall = 38;
    public const int MessageSize = 90;
    public const int ConnectionAborted = 103;
    public const int InProgress = 115;

    public static SocketException ToException(int errno) => new((int)ToSocketError(errno));

    private static SocketError ToSocketError(int errno) => errno switch
    {
        1 or 13 => SocketError.AccessDenied,
        2 => SocketError.AddressNotAvailable, // ENOENT: no such Unix socket
        9 => SocketError.NotSocket,
        14 => SocketError.Fault,
        22 => SocketError.InvalidArgument,
        23 or 24 => SocketError.TooManyOpenSockets,
        32 => SocketError.Shutdown, // EPIPE
        MessageSize => SocketError.MessageSize,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        ConnectionAborted => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        105 => SocketError.NoBufferSpaceAvailable,
        106 => SocketError.IsConnected,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
