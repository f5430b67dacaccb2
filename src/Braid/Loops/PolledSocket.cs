using System.Net;

namespace Braid.Loops;

/// <summary>A stream socket that a poller watches. The loop's thread only.</summary>
internal abstract class PolledSocket : PolledStream
{
    /// <summary>This end's address; null: it has none, or the connection is gone.</summary>
    public virtual EndPoint? LocalEndPoint => null;

    /// <summary>The peer's address; null: it has none, or the connection is gone.</summary>
    public virtual EndPoint? RemoteEndPoint => null;

    /// <summary>Connects it to an address, once and before anything else.</summary>
    public abstract ValueTask ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more will come. Receiving goes on.</summary>
    public abstract void CompleteWrites();

    /// <summary>Ends both directions in good order: the peer gets what was sent and then 0, and so does a pending receive here.</summary>
    public virtual void CompleteBoth() => Close();

    /// <summary>Closes it so that the peer is told of a failure: what has not arrived is thrown away.</summary>
    public virtual void Reset() => Close();

    /// <summary>Takes the socket, on which nothing is pending, away from its loop, so that another one can have it.</summary>
    public virtual ReleasedSocket Release() => throw new NotSupportedException("A socket of this poller stays on its loop.");
}
