using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Braid.Benchmarks.Soaking;

/// <summary>Listeners and their conversations.</summary>
/// <param name="poller">What watches its sockets.</param>
/// <param name="loops">On how many loops; if several, they share the port.</param>
/// <param name="certificate">Null: without TLS.</param>
/// <param name="tally">Where it counts.</param>
internal sealed class SoakStreamServer(LoopPoller poller, int loops, X509Certificate2? certificate, SoakTally tally) : SoakServer(poller, loops)
{
    private const int BufferBytes = 16 * 1024;

    protected override async Task ServeAsync(string name, Action<EndPoint> listening, CancellationToken cancellationToken)
    {
        await using var listener = LoopListener.Bind(EndPoint, new LoopListenerOptions { SharePort = SharePort });
        listening(listener.LocalEndPoint);
        while (true)
        {
            var socket = await listener.AcceptAsync(cancellationToken);
            if (SharePort) tally.Note($"server: accepted on {name} of those that share the port");
            _ = ConverseAsync(socket);
        }
    }

    private async Task ConverseAsync(LoopSocket socket)
    {
        tally.Opened();
        try
        {
            await using var connection = await WelcomeAsync(socket);
            await AnswerAsync(connection);
        }
        catch (Exception exception) when (SoakConnection.IsBroken(exception))
        {
            tally.Count("server: the client broke the connection");
        }
        catch (Exception exception)
        {
            tally.Fail($"server: {exception}");
        }

        tally.Closed();
    }

    private async Task<SoakConnection> WelcomeAsync(LoopSocket socket)
    {
        if (certificate is null) return new SoakConnection(socket, null);
        var tls = new SslStream(socket.AsStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
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
