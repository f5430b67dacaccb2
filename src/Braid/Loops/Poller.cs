using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>Watches a loop's sockets. The loop's thread only, except <see cref="Wake"/>.</summary>
internal abstract class Poller : IDisposable
{
    public abstract EventLoop Loop { get; }

    /// <summary>Completes the socket operations that can go on; sleeps first if there are none.</summary>
    /// <param name="timeout">How long to sleep at most; zero: not at all. It may return early, and late by a millisecond.</param>
    public abstract void Poll(TimeSpan timeout);

    /// <summary>Ends the sleep that a <see cref="Poll"/> is in, or is about to begin. From any thread.</summary>
    public abstract void Wake();

    /// <summary>Connects to an address; names are resolved before.</summary>
    public async ValueTask<PolledSocket> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = Create(endpoint);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false); // see SocketConnector
            return socket;
        }
        catch
        {
            socket.Close();
            throw;
        }
    }

    public abstract PolledListener Bind(EndPoint endpoint, LoopListenerOptions options);

    /// <summary>Takes over a bound or connected datagram socket of .NET's.</summary>
    public abstract PolledDatagramSocket Watch(Socket datagramSocket);

    /// <summary>Takes over this program's end of a pipe to another program.</summary>
    public virtual PolledStream Watch(Stream pipe) => new PortablePipe(Loop, pipe);

    /// <summary>The operations that may be waiting, for people who ask what a loop waits for.</summary>
    public virtual IEnumerable<ILoopWait> Waits() => [];

    /// <summary>Closes every socket that is still open; what they wait for fails.</summary>
    public abstract void CloseSockets();

    public abstract void Dispose();

    /// <summary>Makes a socket of the endpoint's family, not yet connected.</summary>
    protected abstract PolledSocket Create(EndPoint endpoint);
}
