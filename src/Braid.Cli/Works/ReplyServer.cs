using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Braid.Cli.Works;

/// <summary>
/// A web server on the loopback interface, just large enough: it answers GET /n with n squared, 100 ms after it was asked, and keeps the
/// connection. Written on sockets, so that the tool needs no web framework.
/// </summary>
internal sealed class ReplyServer : IAsyncDisposable
{
    private const int Backlog = 1024;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _timeProvider;
    private Task _accepting = Task.CompletedTask;
    private int _port;

    private ReplyServer(TimeProvider timeProvider) => _timeProvider = timeProvider;

    internal static ReplyServer Start(TimeProvider timeProvider)
    {
        var server = new ReplyServer(timeProvider);
        server._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server._listener.Listen(Backlog);
        server._port = ((IPEndPoint)server._listener.LocalEndPoint!).Port;
        server._accepting = server.AcceptAsync();
        return server;
    }

    internal Uri AddressOf(int number) => new($"http://127.0.0.1:{_port}/{number}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync(_stop.Token);
                _ = AnswerAsync(connection);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed: the only way out of the loop.
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        connection.NoDelay = true;
        try
        {
            using var stream = new NetworkStream(connection, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (await ReadRequestAsync(reader) is { } path)
            {
                await Task.Delay(Delay, _timeProvider, _stop.Token);
                await stream.WriteAsync(Reply(path), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone, or the server is going: nobody waits for this answer.
        }
    }

    /// <summary>The path of the next request on this connection; null when there is none.</summary>
    private async Task<string?> ReadRequestAsync(StreamReader reader)
    {
        var request = await reader.ReadLineAsync(_stop.Token);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
        {
            // Headers say nothing that matters here; an empty line ends them.
        }

        return request?.Split(' ') is [_, var path, ..] ? path : null;
    }

    private static byte[] Reply(string path)
    {
        var isNumber = int.TryParse(path.AsSpan(1), CultureInfo.InvariantCulture, out var number);
        var body = isNumber ? ((long)number * number).ToString(CultureInfo.InvariantCulture) : "there is nothing here";
        var status = isNumber ? "200 OK" : "404 Not Found";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
