using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Braid.AspNetCore.Tests;

/// <summary>One connection: its ends, its features, and a peer that is slow.</summary>
public sealed class ConnectionTests
{
    public static TheoryData<LoopPoller> Pollers => new(LoopPoller.Default, LoopPoller.Portable);

    [Theory, MemberData(nameof(Pollers))]
    public async Task A_connection_knows_its_ends_and_has_its_features(LoopPoller poller)
    {
        await using var server = await StartAsync(poller, app => app.MapGet("/", (HttpContext context) =>
        {
            Assert.NotNull(context.Features.Get<IMemoryPoolFeature>()?.MemoryPool);
            Assert.False(context.Features.Get<IConnectionInherentKeepAliveFeature>()!.HasInherentKeepAlive);
            Assert.False(context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.IsCancellationRequested);
            Assert.Empty(context.Features.Get<IConnectionItemsFeature>()!.Items);
            return $"{context.Connection.LocalIpAddress}:{context.Connection.LocalPort} {context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
        }));
        await using var connection = await server.ConnectAsync();
        string answer = await AskAsync(connection, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Contains($"{server.EndPoint} {connection.Socket.LocalEndPoint}", answer, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task An_answer_arrives_whole_before_the_connection_ends(LoopPoller poller)
    {
        await using var server = await StartAsync(poller, app => app.MapGet("/", () => new string('#', 3_000_000)));
        for (int i = 0; i < 5; i++)
        {
            await using var connection = await server.ConnectAsync();
            string answer = await AskAsync(connection, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.Equal(3_000_000, answer.Count(letter => letter == '#'));
        }
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task Requests_that_come_together_are_answered_in_order(LoopPoller poller)
    {
        await using var server = await StartAsync(poller, app => app.MapGet("/{n}", async (int n) =>
        {
            if (n % 2 == 0) await Task.Yield();
            return $"<{n}>";
        }));
        await using var connection = await server.ConnectAsync();
        var requests = new StringBuilder();
        for (int i = 0; i < 500; i++) requests.Append(System.Globalization.CultureInfo.InvariantCulture, $"GET /{i} HTTP/1.1\r\nHost: x\r\n{(i == 499 ? "Connection: close\r\n" : "")}\r\n");
        string answers = await AskAsync(connection, requests.ToString());
        Assert.Equal(Enumerable.Range(0, 500), answers.Split('<').Skip(1).Select(part => int.Parse(part.Split('>')[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task A_client_that_does_not_read_makes_the_writer_wait(LoopPoller poller)
    {
        const int Total = 64 * 1024 * 1024;
        int written = 0;
        await using var server = await StartAsync(poller, app => app.MapGet("/", async context =>
        {
            byte[] part = new byte[64 * 1024];
            for (; written < Total; written += part.Length) await context.Response.Body.WriteAsync(part);
            Assert.NotNull(EventLoop.Current);
        }));
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
        int before;
        do
        {
            before = Volatile.Read(ref written);
            await Task.Delay(200);
        }
        while (Volatile.Read(ref written) != before || before == 0);
        Assert.InRange(before, 1, Total - 1);
        long received = 0;
        byte[] buffer = new byte[256 * 1024];
        for (int n; (n = await connection.ReadAsync(buffer).Bounded()) > 0;) received += n;
        Assert.InRange(received, Total, Total * 2L);
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task A_reader_that_does_not_read_makes_the_client_wait(LoopPoller poller)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(poller, app => app.MapPost("/", async context =>
        {
            await go.Task;
            await context.Request.Body.CopyToAsync(Stream.Null);
            return;
        }));
        await using var connection = await server.ConnectAsync();
        const int Total = 24 * 1024 * 1024;
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Total}\r\n\r\n"));
        var sending = connection.WriteAsync(new byte[Total]).AsTask();
        await Task.WhenAny(sending, Task.Delay(500));
        Assert.False(sending.IsCompleted);
        go.SetResult();
        await sending.Bounded();
        Assert.StartsWith("HTTP/1.1 200", await ReadAllAsync(connection), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task The_application_breaks_a_connection(LoopPoller poller)
    {
        await using var server = await StartAsync(poller, app => app.MapGet("/", async context =>
        {
            await context.Response.WriteAsync("begin");
            await Task.Yield();
            context.Abort();
        }));
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        string? answer = null;
        var failure = await Record.ExceptionAsync(async () => answer = await ReadAllAsync(connection));
        if (failure is null) Assert.DoesNotContain("\r\n0\r\n", answer, StringComparison.Ordinal); // never the end of a whole answer
        else Assert.IsType<SocketException>(failure.InnerException);
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task The_end_of_a_client_cancels_its_request_and_ConnectionClosed(LoopPoller poller)
    {
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(poller, app => app.MapGet("/", async context =>
        {
            context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.Register(closed.SetResult);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                cancelled.SetResult(EventLoop.Current is not null);
            }
        }));
        await using (var connection = await server.ConnectAsync())
        {
            await connection.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            connection.Socket.Shutdown(SocketShutdown.Send);
            Assert.True(await cancelled.Task.Bounded());
        }

        await closed.Task.Bounded();
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task A_Unix_socket_serves_and_its_file_goes(LoopPoller poller)
    {
        string path = Path.Combine(Path.GetTempPath(), $"braid-{Guid.NewGuid():N}.sock");
        var setup = new ServerSetup { Loops = new() { Loops = 2, Poller = poller }, EndPoint = new UnixDomainSocketEndPoint(path) };
        await using (var server = await WebServer.StartAsync(setup, app => app.MapGet("/", (HttpContext context) => $"{EventLoop.Current is not null} {context.Connection.RemoteIpAddress}")))
        {
            using var client = server.CreateClient();
            for (int i = 0; i < 4; i++) Assert.Equal("True ", await client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded());
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_an_IOException_that_names_it()
    {
        await using var first = await StartAsync(LoopPoller.Default, app => app.MapGet("/", () => ""));
        var second = await Assert.ThrowsAsync<IOException>(() => WebServer.StartAsync(new ServerSetup { EndPoint = first.EndPoint }, _ => { }));
        Assert.Contains($"{first.EndPoint.Port}", second.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused_at_once()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentOutOfRangeException>(() => services.AddBraidTransport(new() { Loops = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => services.AddBraidTransport(new() { MaxReadBufferSize = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => services.AddBraidTransport(new() { Poller = (LoopPoller)9 }));
    }

    [Fact]
    public async Task A_server_that_has_ended_leaves_no_thread_behind()
    {
        Thread? thread = null;
        await using (var server = await StartAsync(LoopPoller.Default, app => app.MapGet("/", () => (thread = Thread.CurrentThread).Name)))
        {
            using var client = server.CreateClient();
            Assert.StartsWith("Braid web ", await client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded(), StringComparison.Ordinal);
        }

        Assert.True(thread!.Join(BoundedExtensions.Limit));
    }

    private static Task<WebServer> StartAsync(LoopPoller poller, Action<WebApplication> configure) =>
        WebServer.StartAsync(new ServerSetup { Loops = new() { Loops = 2, Poller = poller } }, configure);

    private static async Task<string> AskAsync(NetworkStream connection, string request)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request)).Bounded();
        return await ReadAllAsync(connection);
    }

    private static async Task<string> ReadAllAsync(NetworkStream connection)
    {
        using var reader = new StreamReader(connection, Encoding.ASCII, leaveOpen: true);
        return await reader.ReadToEndAsync().Bounded();
    }
}
