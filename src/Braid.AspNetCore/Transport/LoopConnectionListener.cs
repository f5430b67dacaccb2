using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Braid.AspNetCore.Transport;

/// <summary>One endpoint that Kestrel listens on: one <see cref="LoopAcceptor"/>, or, where loops share a port, one on each loop.</summary>
internal sealed partial class LoopConnectionListener(TransportLoop[] loops, bool sharePort, ILogger logger) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private readonly List<LoopAcceptor> _acceptors = [];
    private int _next;

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    internal async Task BindAsync(EndPoint endpoint)
    {
        EndPoint = endpoint;
        if (!sharePort || endpoint is not IPEndPoint || !OperatingSystem.IsLinux() || loops.Length == 1)
        {
            await BindAsync(new LoopAcceptor(this, loops[0], NextLoop), LoopAcceptor.Alone).ConfigureAwait(false);
            return;
        }

        try
        {
            // One after the other: the first one learns the port if the system was to choose it, and finds out whether somebody else has it.
            foreach (var loop in loops) await BindAsync(new LoopAcceptor(this, loop, () => loop), LoopAcceptor.Shared).ConfigureAwait(false);
        }
        catch
        {
            await UnbindAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>For Kestrel; null: no more will come.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        return null;
    }

    /// <summary>Stops listening. What was accepted is still Kestrel's.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        foreach (var acceptor in _acceptors) await acceptor.StopAsync().ConfigureAwait(false);
        _accepted.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var left)) await left.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Begins a connection. On the thread of its loop.</summary>
    internal void Begin(LoopSocket socket, TransportLoop loop)
    {
        var connection = new LoopConnection(loop, socket, logger);
        connection.Start();
        if (_accepted.Writer.TryWrite(connection)) return;

        // Accepted as the server stopped listening, handed over too late.
        connection.Abort(new ConnectionAbortedException("The server stops."));
        _ = connection.DisposeAsync().AsTask();
    }

    internal void ReportFailure(SocketException exception) => LogAcceptFailed(logger, exception, EndPoint);

    private async Task BindAsync(LoopAcceptor acceptor, LoopListenerOptions options)
    {
        EndPoint = await acceptor.StartAsync(EndPoint, options).ConfigureAwait(false);
        _acceptors.Add(acceptor);
    }

    private TransportLoop NextLoop() => loops[_next++ % loops.Length];

    [LoggerMessage(1, LogLevel.Warning, "Accepting a connection on {EndPoint} failed.", EventName = "AcceptFailed")]
    private static partial void LogAcceptFailed(ILogger logger, Exception exception, EndPoint endpoint);
}
