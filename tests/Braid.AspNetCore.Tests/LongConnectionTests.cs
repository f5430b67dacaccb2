using System.Net;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Braid.AspNetCore.Tests;

/// <summary>Requests that last: WebSockets and answers that stream. Server and client both run on loops.</summary>
public sealed class LongConnectionTests
{
    public static TheoryData<LoopPoller> Pollers => new(LoopPoller.Default, LoopPoller.Portable);

    [Theory, MemberData(nameof(Pollers))]
    public async Task WebSockets_talk_with_all_code_on_the_loops(LoopPoller poller)
    {
        var where = new Whereabouts();
        await using var server = await StartAsync(poller, application =>
        {
            application.UseWebSockets();
            application.Map("/", context => EchoAsync(context, where));
        });
        await Task.Run(() => EventLoop.Run(async cancellationToken =>
        {
            using var invoker = new HttpMessageInvoker(EventLoop.Current!.CreateHttpHandler());
            await Task.WhenAll(Enumerable.Range(0, 10).Select(number => TalkAsync(server, invoker, number, where, cancellationToken)));
        }, new LoopOptions { Poller = poller })).Bounded();
        Assert.Empty(where.OffLoop);
        Assert.True(where.Count > 10 * 2 * 20);
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task Server_sent_events_arrive_one_by_one_until_the_client_leaves(LoopPoller poller)
    {
        var where = new Whereabouts();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wanted = new SemaphoreSlim(1); // the next event is made only when the one before has arrived
        await using var server = await StartAsync(poller, application => application.MapGet("/", (HttpContext context) =>
            TypedResults.ServerSentEvents(EventsAsync(wanted, where, left, context.RequestAborted))));
        await Task.Run(() => EventLoop.Run(async cancellationToken =>
        {
            using var client = server.Prepare(EventLoop.Current!.CreateHttpHandler());
            await using var stream = await client.GetStreamAsync(new Uri("/", UriKind.Relative), cancellationToken);
            where.Note("client: headers");
            int next = 0;
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                where.Note("client: event");
                Assert.Equal($"event {next}", item.Data);
                if (++next == 50) break;
                wanted.Release();
            }
        }, new LoopOptions { Poller = poller })).Bounded();
        await left.Task.Bounded();
        Assert.Empty(where.OffLoop);
        Assert.True(where.Count > 2 * 50);
    }

    private static Task<WebServer> StartAsync(LoopPoller poller, Action<WebApplication> configure) =>
        WebServer.StartAsync(new ServerSetup { Loops = new() { Loops = 2, Poller = poller } }, configure);

    private static async Task EchoAsync(HttpContext context, Whereabouts where)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        where.Note("server: accepted");
        byte[] buffer = new byte[100_000];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            where.Note("server: received");
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
            where.Note("server: sent");
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
        where.Note("server: closed");
    }

    private static async Task TalkAsync(WebServer server, HttpMessageInvoker invoker, int number, Whereabouts where, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws" }.Uri, invoker, cancellationToken);
        where.Note("client: connected");
        for (int i = 0; i < 20; i++)
        {
            string text = $"{number}: {new string('x', i * 3000)}"; // from one frame in one segment to many
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            where.Note("client: sent");
            Assert.Equal(text, await ReceiveAsync(socket, where, cancellationToken));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", cancellationToken);
        where.Note("client: closed");
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, Whereabouts where, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[100_000];
        for (int length = 0; ;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            where.Note("client: received");
            length += received.Count;
            if (received.EndOfMessage) return Encoding.ASCII.GetString(buffer, 0, length);
        }
    }

    private static async IAsyncEnumerable<string> EventsAsync(
        SemaphoreSlim wanted, Whereabouts where, TaskCompletionSource left, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                await wanted.WaitAsync(cancellationToken);
                where.Note("server: wanted");
                yield return $"event {i}";
                where.Note("server: written");
            }
        }
        finally
        {
            left.SetResult();
        }
    }
}
