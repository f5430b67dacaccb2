using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>The system's errors, told together with what was tried. The code stays the system's, so that handlers find it.</summary>
internal static class SocketErrors
{
    /// <param name="deed">What could not be done, with what: "connect to 10.0.0.1:80".</param>
    /// <param name="cause">Why.</param>
    public static SocketException During(string deed, SocketException cause) => new((int)cause.SocketErrorCode, $"Could not {deed}: {Reason(cause)}.");

    /// <summary>As libraries expect it from a stream, the way .NET's NetworkStream does it.</summary>
    public static IOException ForStream(SocketException cause) => new($"The connection has failed: {Reason(cause)}.", cause);

    /// <summary>The system's words for an error, without the full stop that some systems add.</summary>
    public static string Reason(SocketException cause) => cause.Message.TrimEnd('.');

    /// <param name="size">Of the buffer that was too small, in bytes.</param>
    /// <param name="length">Of the datagram, in bytes; null where the system does not tell.</param>
    public static SocketException Truncated(int size, int? length) => new(
        (int)SocketError.MessageSize,
        $"A datagram {(length is { } known ? $"of {known} bytes " : "")}came that is longer than the buffer of {size} bytes; it is lost. Receive into a larger buffer: 65,535 bytes hold any.");

    /// <param name="length">Of the datagram, in bytes.</param>
    public static SocketException TooLong(int length) => new(
        (int)SocketError.MessageSize,
        $"The datagram of {length} bytes is longer than the network takes; it was not sent. Split it: IPv4 carries at most 65,507 bytes, and what exceeds some 1,400 is sent in pieces that get lost together.");
}
