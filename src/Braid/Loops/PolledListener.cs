using System.Net;

namespace Braid.Loops;

/// <summary>A listening socket that a poller watches. The loop's thread only.</summary>
internal abstract class PolledListener
{
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>An accept has been started whose result has not been taken.</summary>
    public abstract bool IsAccepting { get; }

    public abstract bool IsClosed { get; }

    public abstract ValueTask<LoopSocket> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Closes it; a pending accept fails. Any number of times.</summary>
    public abstract void Close();
}
