using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Braid.AspNetCore.Tests;

/// <summary>HttpClient on a loop against a real server: Kestrel, as it is, on threads of its own.</summary>
public sealed class HttpClientTests
{
    public static TheoryData<LoopPoller, HttpProtocols, bool> Ways => new()
    {
        { LoopPoller.Default, HttpProtocols.Http1, false },
        { LoopPoller.Default, HttpProtocols.Http1, true },
        { LoopPoller.Default, HttpProtocols.Http2, false },
        { LoopPoller.Default, HttpProtocols.Http2, true },
        { LoopPoller.Portable, HttpProtocols.Http1, true },
        { LoopPoller.Portable, HttpProtocols.Http2, false },
    };

    [Theory, MemberData(nameof(Ways))]
    public Task Every_continuation_is_on_the_loop_and_connections_are_used_again(LoopPoller poller, HttpProtocols protocols, bool tls) => RunAsync(poller, protocols, tls, async (client, _) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        var connections = new HashSet<string>();
        for (int i = 0; i < 30; i++)
        {
            connections.Add(await client.GetStringAsync(new Uri("/connection", UriKind.Relative)));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        Assert.Single(connections);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var response = await client.PostAsync(new Uri("/echo", UriKind.Relative), new StringContent(new string((char)('a' + i % 26), 20_000)));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            string text = await response.Content.ReadAsStringAsync();
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            return text.Length == 20_000 && text[^1] == (char)('a' + i % 26);
        }));
        Assert.All(answers, Assert.True);
    });

    [Theory, MemberData(nameof(Ways))]
    public Task An_answer_streams_and_a_read_into_nothing_waits_for_data(LoopPoller poller, HttpProtocols protocols, bool tls) => RunAsync(poller, protocols, tls, async (client, _) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        using var response = await client.GetAsync(new Uri("/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[100];
        int total = 0;
        while (true)
        {
            Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            int received = await stream.ReadAsync(buffer);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            if (received == 0) break;
            total += received;
        }

        Assert.Equal(20 * 64, total);
    });

    [Theory, MemberData(nameof(Ways))]
    public Task Time_limits_and_tokens_end_a_request_and_the_next_one_works(LoopPoller poller, HttpProtocols protocols, bool tls) => RunAsync(poller, protocols, tls, async (client, server) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        using var hasty = server.Prepare(EventLoop.Current!.CreateHttpHandler());
        hasty.Timeout = TimeSpan.FromMilliseconds(100);
        var late = await Assert.ThrowsAsync<TaskCanceledException>(() => hasty.GetStringAsync(new Uri("/never", UriKind.Relative)));
        Assert.IsType<TimeoutException>(late.InnerException);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);

        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStringAsync(new Uri("/never", UriKind.Relative), source.Token));
        Assert.Equal(thread, Environment.CurrentManagedThreadId);

        // In the middle of a body.
        using var response = await client.GetAsync(new Uri("/stall", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response.Content.CopyToAsync(Stream.Null, soon.Token));
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        Assert.NotEmpty(await client.GetStringAsync(new Uri("/connection", UriKind.Relative)));
    });

    [Theory, MemberData(nameof(Ways))]
    public Task A_server_that_breaks_off_is_an_error_and_the_next_request_works(LoopPoller poller, HttpProtocols protocols, bool tls) => RunAsync(poller, protocols, tls, async (client, _) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < 5; i++)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("/reset", UriKind.Relative)));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Assert.NotEmpty(await client.GetStringAsync(new Uri("/connection", UriKind.Relative)));
        }
    });

    [Theory, MemberData(nameof(Ways))]
    public Task A_client_that_is_disposed_ends_its_requests(LoopPoller poller, HttpProtocols protocols, bool tls) => RunAsync(poller, protocols, tls, async (_, server) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < 5; i++)
        {
            var client = server.Prepare(EventLoop.Current!.CreateHttpHandler());
            Assert.NotEmpty(await client.GetStringAsync(new Uri("/connection", UriKind.Relative)));
            var never = client.GetStringAsync(new Uri("/never", UriKind.Relative));
            await EventLoop.Yield();
            client.Dispose();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
    });

    [Fact]
    public Task A_library_with_sockets_of_its_own_works_and_its_caller_stays_on_the_loop() => RunAsync(LoopPoller.Default, HttpProtocols.Http1, false, async (_, server) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var library = await OwnSocketClient.OpenAsync(server.EndPoint);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            for (int i = 0; i < 20; i++)
            {
                Assert.StartsWith("HTTP/1.1 200", await library.GetAsync("/connection"), StringComparison.Ordinal);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }
        }));
    });

    private static async Task RunAsync(LoopPoller poller, HttpProtocols protocols, bool tls, Func<HttpClient, WebServer, Task> body)
    {
        await using var server = await WebServer.StartAsync(new ServerSetup { Loops = null, Protocols = protocols, Tls = tls }, Configure);
        ExceptionDispatchInfo? failure = null;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                EventLoop.Run(async _ =>
                {
                    using var client = server.Prepare(EventLoop.Current!.CreateHttpHandler());
                    await body(client, server);
                }, new LoopOptions { Poller = poller });
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            ended.SetResult();
        })
        { IsBackground = true }.Start();
        await ended.Task.Bounded();
        failure?.Throw();
    }

    private static void Configure(WebApplication app)
    {
        app.MapGet("/connection", (HttpContext context) => context.Connection.Id);
        app.MapPost("/echo", async context => await context.Request.Body.CopyToAsync(context.Response.Body));
        app.MapGet("/never", context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));
        app.MapGet("/stream", async context =>
        {
            for (int i = 0; i < 20; i++)
            {
                await context.Response.Body.WriteAsync(new byte[64]);
                await context.Response.Body.FlushAsync();
                await Task.Delay(2);
            }
        });
        app.MapGet("/stall", async context =>
        {
            await context.Response.Body.WriteAsync(new byte[64]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        app.MapGet("/reset", async context =>
        {
            await context.Response.Body.WriteAsync(new byte[64]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
    }

    /// <summary>As database drivers are built: .NET's own socket, and ConfigureAwait(false) everywhere.</summary>
    private sealed class OwnSocketClient(NetworkStream stream) : IAsyncDisposable
    {
        public static async Task<OwnSocketClient> OpenAsync(EndPoint endpoint)
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint).ConfigureAwait(false);
            return new OwnSocketClient(new NetworkStream(socket, ownsSocket: true));
        }

        public async Task<string> GetAsync(string path)
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).ConfigureAwait(false);
            byte[] buffer = new byte[4096];
            string answer = "";

            // The last chunk may come by itself, and would else be taken for the next answer.
            while (!answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                int received = await stream.ReadAsync(buffer).ConfigureAwait(false);
                if (received == 0) throw new EndOfStreamException(answer);
                answer += System.Text.Encoding.ASCII.GetString(buffer, 0, received);
            }

            return answer;
        }

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}
