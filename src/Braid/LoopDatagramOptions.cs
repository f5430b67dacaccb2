using System.Net.Sockets;

namespace Braid;

/// <summary>How a <see cref="LoopDatagramSocket"/> is made.</summary>
public sealed record LoopDatagramOptions
{
    /// <summary>
    /// Several sockets, of several loops or processes of one user, take the same port, and the system spreads the senders over them. All
    /// of them must ask for it. Linux only (SO_REUSEPORT).
    /// </summary>
    public bool SharePort { get; init; }

    /// <summary>
    /// Called with .NET's socket before it is bound or connected, for what else can be set: buffers, broadcast, multicast groups, both
    /// IP versions at once (<see cref="Socket.DualMode"/>). Set options only: the socket is the loop's.
    /// </summary>
    public Action<Socket>? Configure { get; init; }
}
