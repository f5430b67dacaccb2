using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Braid.Benchmarks.Soaking;

/// <summary>A listener and its conversations on a loop of their own. No failure of a client may reach it.</summary>
internal sealed class SoakServer : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly LoopExecutor _executor;
    private readonly EndPoint _endpoint;
    private readonly X509Certificate2? _certificate;
    private readonly SoakTally _tally;
    private readonly TaskCompletionSource<EndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private Task _serving = Task.CompletedTask;

    /// <param name="poller">What watches its sockets.</param>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="certificate">Null: without TLS.</param>
    /// <param name="tally">Where it counts.</param>
    private SoakServer(LoopPoller poller, EndPoint endpoint, X509Certificate2? certificate, SoakTally tally)
    {
        _executor = new LoopExecutor(new LoopOptions { Poller = poller });
        _endpoint = endpoint;
        _certificate = certificate;
        _tally = tally;
    }

    /// <summary>Where it listens.</summary>
    internal EndPoint EndPoint => _listening.Task.Result;

    /// <summary>Its loop.</summary>
    internal EventLoop? Loop { get; private set; }

    internal static async Task<SoakServer> StartAsync(LoopPoller poller, EndPoint endpoint, X509Certificate2? certificate, SoakTally tally)
    {
        var server = new SoakServer(poller, endpoint, certificate, tally);
        server._serving = server._executor.RunAsync(static (self, token) => self.ServeAsync(token), server, server._stop.Token).AsTask();
        await await Task.WhenAny(server._listening.Task, server._serving);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _executor.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<bool> ServeAsync(CancellationToken cancellationToken)
    {
        await using var listener = LoopListener.Bind(_endpoint);
        Loop = EventLoop.Current;
        _listening.SetResult(listener.LocalEndPoint);
        while (true) _ = ConverseAsync(await listener.AcceptAsync(cancellationToken));
    }

    private async Task ConverseAsync(LoopSocket socket)
    {
        _tally.Opened();
        try
        {
            await using var connection = await WelcomeAsync(socket);
            await AnswerAsync(connection);
        }
        catch (Exception exception) when (SoakConnection.IsBroken(exception))
        {
            _tally.Count("server: the client broke the connection");
        }
        catch (Exception exception)
        {
            _tally.Fail($"server: {exception}");
        }

        _tally.Closed();
    }

    private async Task<SoakConnection> WelcomeAsync(LoopSocket socket)
    {
        if (_certificate is null) return new SoakConnection(socket, null);
        var tls = new SslStream(socket.AsStream());
        try
        {
            await tls.AuthenticateAsServerAsync(_certificate);
            return new SoakConnection(socket, tls);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static async Task AnswerAsync(SoakConnection connection)
    {
        byte[] buffer = new byte[BufferBytes];
        byte[] request = new byte[1];
        if (await connection.ReceiveAsync(request) == 0 || (SoakRequest)request[0] == SoakRequest.Break) return;
        while (await connection.ReceiveAsync(buffer) is > 0 and int length)
            if ((SoakRequest)request[0] == SoakRequest.Echo) await connection.SendAsync(buffer.AsMemory(0, length));
        await connection.EndAsync();
    }
}
