using System.Net;

namespace Braid.Loops;

/// <summary>A stream socket that a poller watches. The loop's thread only.</summary>
internal abstract class PolledSocket
{
    /// <summary>A receive has been started whose result has not been taken.</summary>
    public abstract bool IsReceiving { get; }

    /// <summary>A send has been started whose result has not been taken.</summary>
    public abstract bool IsSending { get; }

    public abstract bool IsClosed { get; }

    /// <summary>Connects it to an address, once and before anything else.</summary>
    public abstract ValueTask ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken);

    /// <summary>Receives what there is, at least one byte; 0: the peer has ended. An empty buffer waits until there is something.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all of it.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more will come. Receiving goes on.</summary>
    public abstract void CompleteWrites();

    /// <summary>Closes it; what is pending fails. Any number of times.</summary>
    public abstract void Close();
}
