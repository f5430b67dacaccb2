using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>The sockets of a seeded loop: in memory, within the loop. Polling is where the simulation decides what happens next.</summary>
/// <remarks>
/// Every address is this loop's: a listener may bind any, and names resolve to the loopback address. Nothing reaches the real network,
/// and nothing of it is seen. See <see cref="MemoryPipe"/> for how bytes travel.
/// </remarks>
internal sealed class MemoryPoller(EventLoop loop, Simulation simulation) : Poller
{
    // The first of the ports that IANA leaves to programs; port 0 takes the next one that is free.
    private const int FirstFreePort = 49152;

    // Before a deadlock is reported: real time for a post from a thread that nobody has told us of.
    private const int GraceMilliseconds = 200;

    private readonly AutoResetEvent _wake = new(false);
    private readonly HashSet<MemorySocket> _sockets = [];
    private readonly Dictionary<string, MemoryListener> _listeners = [];
    private int _nextPort = FirstFreePort;
    private int _underWay;

    public override EventLoop Loop => loop;

    public Simulation Simulation => simulation;

    /// <summary>True: a program that can do nothing any more fails instead of waiting for other threads.</summary>
    public bool FindsDeadlocks { get; set; }

    /// <summary>The loop has time: to wait for other threads, to let those go on who wait for idleness, or to let the clock jump.</summary>
    public override void Poll(TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero || OutsideCame()) return;
        bool hasTimers = timeout != Timeout.InfiniteTimeSpan;
        if (simulation.ReleaseIdle(hasTimers, _underWay > 0)) return;
        if (hasTimers) simulation.Jump(timeout);
        else if (!FindsDeadlocks) _wake.WaitOne();
        else if (!_wake.WaitOne(GraceMilliseconds)) throw new LoopDeadlockException(DeadlockReport.Of(this), simulation.Seed);
    }

    public override void Wake() => _wake.Set();

    // There is one loop here, so nobody to share a port with.
    public override PolledListener Bind(EndPoint endpoint, LoopListenerOptions options)
    {
        if (endpoint is IPEndPoint { Port: 0 } any) endpoint = new IPEndPoint(any.Address, FreePort());
        var listener = new MemoryListener(this, endpoint);
        if (!_listeners.TryAdd(KeyOf(endpoint), listener)) throw new SocketException((int)SocketError.AddressAlreadyInUse);
        return listener;
    }

    /// <remarks>Refused before it comes to this: see <see cref="EventLoop.RequireReal"/>.</remarks>
    public override PolledDatagramSocket Watch(Socket datagramSocket) => throw new NotSupportedException("A loop with a seed has no datagram sockets.");

    /// <summary>Who listens there; null: nobody.</summary>
    public MemoryListener? Find(EndPoint endpoint)
    {
        if (_listeners.GetValueOrDefault(KeyOf(endpoint)) is { } exact) return exact;
        return endpoint is IPEndPoint { Port: var port }
            ? _listeners.GetValueOrDefault(KeyOf(new IPEndPoint(IPAddress.Any, port))) ?? _listeners.GetValueOrDefault(KeyOf(new IPEndPoint(IPAddress.IPv6Any, port)))
            : null;
    }

    public void Unbind(MemoryListener listener) => _listeners.Remove(KeyOf(listener.LocalEndPoint));

    public void Add(MemorySocket socket) => _sockets.Add(socket);

    public void Remove(MemorySocket socket) => _sockets.Remove(socket);

    /// <summary>Every name is this loop.</summary>
    public static IPAddress[] Resolve(DnsEndPoint name) => name.AddressFamily switch
    {
        AddressFamily.InterNetworkV6 => [IPAddress.IPv6Loopback],
        AddressFamily.InterNetwork => [IPAddress.Loopback],
        _ => [IPAddress.Loopback, IPAddress.IPv6Loopback],
    };

    /// <summary>Lets something happen later, in virtual time; never within this callback.</summary>
    public void After(TimeSpan delay, Action happen) => At(loop.Timers.DeadlineAfter(delay), happen);

    /// <summary>As <see cref="After"/>, at a timestamp.</summary>
    public void At(long deadline, Action happen)
    {
        _underWay++;
        loop.Timers.Add(new MemoryEvent(this, happen), deadline);
    }

    /// <summary>What waits on sockets, for people.</summary>
    public IEnumerable<string> DescribePending() =>
        _sockets.SelectMany(socket => socket.DescribePending()).Concat(_listeners.Values.SelectMany(listener => listener.DescribePending()));

    public override IEnumerable<ILoopWait> Waits() =>
        _sockets.SelectMany(socket => socket.Waits()).Concat(_listeners.Values.SelectMany(listener => listener.Waits()));

    public override void CloseSockets()
    {
        foreach (var listener in _listeners.Values.ToArray()) listener.Close();
        foreach (var socket in _sockets.ToArray()) socket.Close();
        simulation.CancelIdle();
    }

    public override void Dispose() => _wake.Dispose();

    protected override PolledSocket Create(EndPoint endpoint) => new MemorySocket(this, endpoint);

    // True: other threads have handed something over, so time stands still.
    private bool OutsideCame()
    {
        for (simulation.Outside.Settle(); simulation.Outside.IsPending; simulation.Outside.Settle())
            if (_wake.WaitOne(1)) return true;
        return _wake.WaitOne(0);
    }

    private int FreePort()
    {
        while (_listeners.Values.Any(listener => listener.LocalEndPoint is IPEndPoint taken && taken.Port == _nextPort)) _nextPort++;
        return _nextPort++;
    }

    private static string KeyOf(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => KeyOf(new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port)),
        IPEndPoint address => string.Create(CultureInfo.InvariantCulture, $"{address.Address}:{address.Port}"),
        UnixDomainSocketEndPoint path => $"unix:{path}",
        _ => throw new ArgumentException($"A seeded loop has TCP and Unix sockets; {endpoint} ({endpoint.GetType().Name}) is neither.", nameof(endpoint)),
    };

    private sealed class MemoryEvent(MemoryPoller poller, Action happen) : ILoopTimer
    {
        public int Number { get; set; }

        public void Fire()
        {
            poller._underWay--;
            happen();
        }

        public void Abandon() => poller._underWay--;
    }
}
