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

    /// <summary>This end's address; null: it has none, or the connection is gone.</summary>
    public virtual EndPoint? LocalEndPoint => null;

    /// <summary>The peer's address; null: it has none, or the connection is gone.</summary>
    public virtual EndPoint? RemoteEndPoint => null;

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

    /// <summary>Ends both directions in good order: the peer gets what was sent and then 0, and so does a pending receive here.</summary>
    public virtual void CompleteBoth() => Close();

    /// <summary>Closes it so that the peer is told of a failure: what has not arrived is thrown away.</summary>
    public virtual void Reset() => Close();

    /// <summary>Takes the socket, on which nothing is pending, away from its loop, so that another one can have it.</summary>
    public virtual ReleasedSocket Release() => throw new NotSupportedException("A socket of this poller stays on its loop.");
}
