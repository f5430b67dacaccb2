// Awaits in this folder keep the context on purpose: it is what brings user code back to the loop.
using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>Something that a <see cref="PortablePoller"/> closes when its loop ends.</summary>
internal interface IPortableHandle
{
    /// <summary>Closes it, and fails what is pending at once, because the loop will not be there when .NET reports the end.</summary>
    void Abandon();

    /// <summary>Its operations: see <see cref="Poller.Waits"/>.</summary>
    IEnumerable<ILoopWait> Waits() => [];
}

/// <summary>.NET's own sockets, on any system. They complete on the thread pool, and the completion is posted to the loop.</summary>
/// <remarks>Polling is therefore only sleeping: everything arrives through the loop's <see cref="IncomingQueue"/>.</remarks>
internal sealed class PortablePoller(EventLoop loop) : Poller
{
    private readonly AutoResetEvent _wake = new(false);
    private readonly HashSet<IPortableHandle> _handles = [];

    public override EventLoop Loop => loop;

    public override void Poll(TimeSpan timeout)
    {
        if (timeout != TimeSpan.Zero) _wake.WaitOne(Milliseconds(timeout));
    }

    public override void Wake() => _wake.Set();

    public override PolledListener Bind(EndPoint endpoint, LoopListenerOptions options) => new PortableListener(this, endpoint, options);

    public override PolledDatagramSocket Watch(Socket datagramSocket) => new PortableDatagramSocket(this, datagramSocket);

    public void Add(IPortableHandle handle) => _handles.Add(handle);

    public void Remove(IPortableHandle handle) => _handles.Remove(handle);

    public override void CloseSockets()
    {
        foreach (var handle in _handles.ToArray()) handle.Abandon();
    }

    public override IEnumerable<ILoopWait> Waits() => _handles.SelectMany(handle => handle.Waits());

    public override void Dispose() => _wake.Dispose();

    protected override PolledSocket Create(EndPoint endpoint) =>
        new PortableSocket(this, new Socket(endpoint.AddressFamily, SocketType.Stream, ListeningSocket.ProtocolOf(endpoint)));

    // Rounded up: waking a moment before the timer would mean going round until it is due.
    private static int Milliseconds(TimeSpan timeout) => timeout < TimeSpan.Zero
        ? Timeout.Infinite
        : (int)Math.Min(int.MaxValue, (timeout.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
}
