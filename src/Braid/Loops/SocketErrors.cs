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
}
