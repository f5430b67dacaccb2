using System.Net;
using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A listening socket in memory. Mirrors EpollListener. Connections wait for their accept without bound.</summary>
internal sealed class MemoryListener : PolledListener
{
    private readonly MemoryPoller _poller;
    private readonly Queue<MemorySocket> _waiting = new();
    private readonly MemoryAccept _accept;
    private bool _closed;

    public MemoryListener(MemoryPoller poller, EndPoint endpoint)
    {
        _poller = poller;
        _accept = new MemoryAccept(poller, _waiting);
        LocalEndPoint = endpoint;
    }

    public override EndPoint LocalEndPoint { get; }

    public override bool IsAccepting => _accept.IsBusy;

    public override bool IsClosed => _closed;

    public override ValueTask<LoopSocket> AcceptAsync(CancellationToken cancellationToken) => _accept.StartAsync(cancellationToken);

    public void Add(MemorySocket socket)
    {
        _waiting.Enqueue(socket);
        _accept.OnReady();
    }

    public IEnumerable<ILoopWait> Waits() => [_accept];

    public IEnumerable<string> DescribePending()
    {
        if (_accept.IsPending) yield return $"an accept on {LocalEndPoint}";
    }

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _poller.Unbind(this);
        foreach (var socket in _waiting) socket.Abort();
        _waiting.Clear();
        _accept.FailIfPending(new ObjectDisposedException(nameof(LoopListener), "The listener was disposed while an accept was pending."));
    }
}

/// <summary>One accept.</summary>
internal sealed class MemoryAccept(MemoryPoller poller, Queue<MemorySocket> waiting) : MemoryOperation<LoopSocket>(poller)
{
    public override string What => "accept";

    public ValueTask<LoopSocket> StartAsync(CancellationToken cancellationToken) => Start(cancellationToken);

    protected override bool Attempt(out LoopSocket result, out SocketError error)
    {
        error = SocketError.Success;
        var hasOne = waiting.TryDequeue(out var socket);
        result = hasOne ? new LoopSocket(Loop, socket!) : null!;
        return hasOne;
    }
}
