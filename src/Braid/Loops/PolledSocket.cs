using System.Net;

namespace Braid.Loops;

/// <summary>A stream socket that a poller watches. The loop's thread only.</summary>
internal abstract class PolledSocket : PolledStream
{
    /// <summary>Connects it to an address, once and before anything else.</summary>
    public abstract ValueTask ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more will come. Receiving goes on.</summary>
    public abstract void CompleteWrites();
}
