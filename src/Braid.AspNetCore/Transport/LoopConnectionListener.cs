using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Braid.Loops;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Braid.AspNetCore.Transport;

/// <summary>One endpoint that Kestrel listens on: accepts on a loop and hands the connections to all loops in turn.</summary>
/// <remarks>
/// Where the system spreads connections over several listeners of one address (SO_REUSEPORT), each loop can have a listener of its own:
/// then <see cref="AcceptAsync(LoopListener, TransportLoop)"/> runs on every loop and <see cref="NextLoop"/> falls away.
/// </remarks>
internal sealed partial class LoopConnectionListener(TransportLoop[] loops, ILogger logger) : IConnectionListener
{
    // When the process has no descriptor left, accepting again at once would fail again at once. Long enough to cost nothing.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private LoopListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _next;

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    private TransportLoop Acceptor => loops[0];

    internal async Task BindAsync(EndPoint endpoint)
    {
        var bound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Not as user code: the accepting that begins there is the transport's own, and stays on the loop by having no context.
        if (!Acceptor.Loop.TryPostLibrary(_ => Bind(endpoint, bound), null)) throw EventLoop.Ended();
        await bound.Task.ConfigureAwait(false);
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
        if (_listener is { } listener) await listener.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _accepted.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var left)) await left.DisposeAsync().ConfigureAwait(false);
    }

    private void Bind(EndPoint endpoint, TaskCompletionSource bound)
    {
        try
        {
            _listener = LoopListener.Bind(endpoint);
            EndPoint = _listener.LocalEndPoint;
            _accepting = AcceptAsync(_listener, Acceptor);
            bound.SetResult();
        }
        catch (Exception exception)
        {
            bound.SetException(exception);
        }
    }

    private async Task AcceptAsync(LoopListener listener, TransportLoop own)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                var target = NextLoop();
                if (target == own) Begin(socket, own);
                else HandOver(socket, target);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                LogAcceptFailed(logger, exception, EndPoint);
                await own.Loop.SleepAsync(PauseAfterFailure).ConfigureAwait(false);
            }
        }
    }

    private TransportLoop NextLoop() => loops[_next++ % loops.Length];

    private void HandOver(LoopSocket socket, TransportLoop target)
    {
        var released = socket.Release();
        if (!target.Loop.TryPostLibrary(_ => Adopt(released, target), null)) released.Close();
    }

    private void Adopt(ReleasedSocket released, TransportLoop target)
    {
        try
        {
            Begin(released.AdoptBy(target.Loop), target);
        }
        catch (SocketException exception)
        {
            LogAcceptFailed(logger, exception, EndPoint); // the poller could not take it
        }
    }

    private void Begin(LoopSocket socket, TransportLoop loop)
    {
        var connection = new LoopConnection(loop, socket, logger);
        connection.Start();
        if (_accepted.Writer.TryWrite(connection)) return;

        // Accepted as the server stopped listening, handed over too late.
        connection.Abort(new ConnectionAbortedException("The server stops."));
        _ = connection.DisposeAsync().AsTask();
    }

    [LoggerMessage(1, LogLevel.Warning, "Accepting a connection on {EndPoint} failed.", EventName = "AcceptFailed")]
    private static partial void LogAcceptFailed(ILogger logger, Exception exception, EndPoint endpoint);
}
