using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A datagram socket that a poller watches. The loop's thread only.</summary>
internal abstract class PolledDatagramSocket
{
    /// <summary>For what needs no waiting: its addresses, its options, connecting.</summary>
    public abstract Socket Socket { get; }

    /// <summary>A receive has been started whose result has not been taken.</summary>
    public abstract bool IsReceiving { get; }

    /// <summary>A send has been started whose result has not been taken.</summary>
    public abstract bool IsSending { get; }

    public abstract bool IsClosed { get; }

    /// <summary>Receives one datagram.</summary>
    /// <param name="buffer">At least as long as the datagram, else it fails.</param>
    /// <param name="sender">Filled with the sender's address; null: nobody asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress? sender, CancellationToken cancellationToken);

    /// <summary>Sends one datagram.</summary>
    /// <param name="datagram">May be empty.</param>
    /// <param name="receiver">Null: the peer that the socket is connected to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> datagram, SocketAddress? receiver, CancellationToken cancellationToken);

    /// <summary>Closes it; what is pending fails. Any number of times.</summary>
    public abstract void Close();
}
