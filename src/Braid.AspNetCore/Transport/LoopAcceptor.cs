using System.Net;
using System.Net.Sockets;
using Braid.Loops;

namespace Braid.AspNetCore.Transport;

/// <summary>Accepts the connections of an endpoint on one loop, and begins each on the loop that <c>choose</c> names: this one or another.</summary>
internal sealed class LoopAcceptor(LoopConnectionListener owner, TransportLoop own, Func<TransportLoop> choose)
{
    /// <summary>Nobody else on this port.</summary>
    internal static readonly LoopListenerOptions Alone = new();

    /// <summary>Several acceptors on one port, one for each loop.</summary>
    internal static readonly LoopListenerOptions Shared = new() { SharePort = true };

    // When the process has no descriptor left, accepting again at once would fail again at once. Long enough to cost nothing.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private LoopListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Listens, and accepts from now on.</summary>
    /// <returns>Where, with the port that the system chose if 0 was asked for.</returns>
    internal async Task<EndPoint> StartAsync(EndPoint endpoint, LoopListenerOptions options)
    {
        var bound = new TaskCompletionSource<EndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Not as user code: the accepting that begins there is the transport's own, and stays on the loop by having no context.
        if (!own.Loop.TryPostLibrary(_ => Bind(endpoint, options, bound), null)) throw EventLoop.Ended();
        return await bound.Task.ConfigureAwait(false);
    }

    /// <summary>Returns when none will come any more.</summary>
    internal async Task StopAsync()
    {
        if (_listener is { } listener) await listener.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
    }

    private void Bind(EndPoint endpoint, LoopListenerOptions options, TaskCompletionSource<EndPoint> bound)
    {
        try
        {
            _listener = LoopListener.Bind(endpoint, options);
            _accepting = AcceptAsync(_listener);
            bound.SetResult(_listener.LocalEndPoint);
        }
        catch (Exception exception)
        {
            bound.SetException(exception);
        }
    }

    private async Task AcceptAsync(LoopListener listener)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                var target = choose();
                if (target == own) owner.Begin(socket, own);
                else HandOver(socket, target);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                owner.ReportFailure(exception);
                await own.Loop.SleepAsync(PauseAfterFailure).ConfigureAwait(false);
            }
        }
    }

    private void HandOver(LoopSocket socket, TransportLoop target)
    {
        var released = socket.Release();
        if (!target.Loop.TryPostLibrary(_ => Adopt(released, target), null)) released.Close();
    }

    private void Adopt(ReleasedSocket released, TransportLoop target)
    {
        try
        {
            owner.Begin(released.AdoptBy(target.Loop), target);
        }
        catch (SocketException exception)
        {
            owner.ReportFailure(exception); // the poller could not take it
        }
    }
}
