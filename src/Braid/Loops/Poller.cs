using System.Net;

namespace Braid.Loops;

/// <summary>Watches a loop's sockets. The loop's thread only, except <see cref="Wake"/>.</summary>
internal abstract class Poller : IDisposable
{
    /// <summary>Completes the socket operations that can go on; sleeps first if there are none.</summary>
    /// <param name="timeout">How long to sleep at most; zero: not at all. It may return early, and late by a millisecond.</param>
    public abstract void Poll(TimeSpan timeout);

    /// <summary>Ends the sleep that a <see cref="Poll"/> is in, or is about to begin. From any thread.</summary>
    public abstract void Wake();

    /// <summary>Connects to an address; names are resolved before.</summary>
    public abstract ValueTask<PolledSocket> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken);

    public abstract PolledListener Bind(EndPoint endpoint);

    /// <summary>Closes every socket that is still open; what they wait for fails.</summary>
    public abstract void CloseSockets();

    public abstract void Dispose();
}

/// <summary>A connected socket that a poller watches. The loop's thread only.</summary>
internal abstract class PolledSocket
{
    /// <summary>A receive has been started whose result has not been taken.</summary>
    public abstract bool IsReceiving { get; }

    /// <summary>A send has been started whose result has not been taken.</summary>
    public abstract bool IsSending { get; }

    public abstract bool IsClosed { get; }

    /// <summary>Receives what there is, at least one byte; 0: the peer has ended. An empty buffer waits until there is something.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all of it.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more will come. Receiving goes on.</summary>
    public abstract void CompleteWrites();

    /// <summary>Closes it; what is pending fails. Any number of times.</summary>
    public abstract void Close();
}

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
