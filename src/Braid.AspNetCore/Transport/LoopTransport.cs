using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Braid.AspNetCore.Transport;

/// <summary>Kestrel's transport on event loops: what it asks for listeners.</summary>
/// <remarks>
/// <code>
///  LoopListener ──► LoopAcceptor ──► LoopConnectionListener ──► Kestrel: begins the connection on the pool; its first read
///  on one loop,      hands connections to the loops in turn,       │        comes to the loop
///  or on each        or keeps them                                 ▼
///  each loop:  socket ──► LoopConnection.ReceiveAsync ──► pipe ──► Kestrel parses ──► LoopMiddleware ──► user code
///              socket ◄── LoopConnection.SendAsync ◄───── pipe ◄── Kestrel ◄────────── its answer
///              one turn: all that can be received     the next: all requests          (the answers are sent in the third)
/// </code>
/// The loops live from the first listener until the application's services are disposed, so that code that outlives its request still
/// has its loop while the server stops.
/// </remarks>
internal sealed class LoopTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector, IAsyncDisposable, IDisposable
{
    private readonly LoopTransportOptions _options;
    private readonly IMemoryPoolFactory<byte>? _memory;
    private readonly ILogger _logger;

    // Guards the start and the end of the loops.
    private readonly Lock _gate = new();
    private TransportLoop[]? _loops;
    private bool _isDisposed;

    public LoopTransport(LoopTransportOptions options, ILoggerFactory loggers, IMemoryPoolFactory<byte>? memory = null)
    {
        _options = options;
        _memory = memory;
        _logger = loggers.CreateLogger<LoopTransport>();
    }

    /// <summary>What it cannot bind, such as a named pipe, Kestrel gives to the next transport.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new LoopConnectionListener(StartedLoops(), _options.SharePort, _logger);
        try
        {
            await listener.BindAsync(endpoint).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception); // what Kestrel expects
        }

        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in TakeLoops()) await loop.StopAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var loop in TakeLoops()) _ = loop.StopAsync(); // they end by themselves, soon
    }

    private TransportLoop[] TakeLoops()
    {
        lock (_gate)
        {
            _isDisposed = true;
            var loops = _loops ?? [];
            _loops = null;
            return loops;
        }
    }

    private TransportLoop[] StartedLoops()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_loops is not null) return _loops;
            _loops = [.. Enumerable.Range(0, _options.Loops).Select(number => new TransportLoop(_options, number, CreateMemory()))];
            foreach (var loop in _loops) loop.Start();
            return _loops;
        }
    }

    // One pool per loop: what a connection rents on its thread another does not contend for.
    private MemoryPool<byte> CreateMemory() => _memory?.Create(new MemoryPoolOptions { Owner = "braid" }) ?? MemoryPool<byte>.Shared;
}
