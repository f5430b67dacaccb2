using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Braid.AspNetCore.Tests;

/// <summary>A minimal API with many clients, bad ones among them.</summary>
public sealed class LoadTests
{
    private const int Connections = 64;
    private const int RequestsEach = 200;

    public static TheoryData<LoopPoller> Pollers => new(LoopPoller.Default, LoopPoller.Portable);

    [Theory, MemberData(nameof(Pollers))]
    public async Task Under_load_every_answer_is_right_and_every_thread_a_loops(LoopPoller poller)
    {
        var where = new Whereabouts();
        await using var server = await WebServer.StartAsync(new ServerSetup { Loops = new() { Loops = 2, Poller = poller } }, app => app.MapGet("/{n:int}", async (int n) =>
        {
            where.Note("endpoint");
            if (n % 3 == 0) await Task.Yield();
            if (n % 7 == 0) await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(1));
            where.Note("before the answer");
            return $"number {n}";
        }));
        using var client = server.CreateClient(Connections);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            for (int i = 0; i < RequestsEach; i++)
            {
                int n = connection * RequestsEach + i;
                Assert.Equal($"number {n}", await client.GetStringAsync(new Uri($"/{n}", UriKind.Relative)));
            }
        })).Bounded();

        Assert.Empty(where.OffLoop);
        Assert.Equal(2 * Connections * RequestsEach, where.Count);
        Assert.Equal(2, where.Threads);
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task Bodies_of_a_megabyte_go_there_and_back(LoopPoller poller)
    {
        await using var server = await WebServer.StartAsync(new ServerSetup { Loops = new() { Loops = 2, Poller = poller } }, app => app.MapPost("/", async context =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        }));
        using var client = server.CreateClient();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async seed =>
        {
            byte[] body = new byte[1024 * 1024];
            new Random(seed).NextBytes(body);
            using var response = await client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(body));
            Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
        })).Bounded();
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task Clients_that_break_off_disturb_nobody(LoopPoller poller)
    {
        int aborted = 0;
        await using var server = await WebServer.StartAsync(new ServerSetup { Loops = new() { Loops = 2, Poller = poller } }, app =>
        {
            app.MapGet("/slow", async context =>
            {
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                }
                finally
                {
                    Interlocked.Increment(ref aborted);
                }
            });
            app.MapPost("/body", async context => await context.Request.Body.CopyToAsync(Stream.Null));
            app.MapGet("/", () => "fine");
        });
        using var client = server.CreateClient(8);
        for (int i = 0; i < 30; i++)
        {
            await using (var slow = await server.ConnectAsync())
            await using (var half = await server.ConnectAsync())
            {
                await slow.WriteAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
                await half.WriteAsync("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly this"u8.ToArray());
                if (i % 2 == 0) slow.Socket.LingerState = new(true, 0); // a reset instead of an end
                Assert.Equal("fine", await client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded());
            }
        }

        // A request whose bytes came with the reset may never have been begun.
        await UntilAsync(() => Volatile.Read(ref aborted) >= 15);
        Assert.Equal("fine", await client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded());
    }

    [Theory, MemberData(nameof(Pollers))]
    public async Task A_server_that_stops_answers_what_it_has_begun(LoopPoller poller)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0;
        await using var server = await WebServer.StartAsync(new ServerSetup { Loops = new() { Loops = 2, Poller = poller } }, app => app.MapGet("/", async () =>
        {
            Interlocked.Increment(ref begun);
            await release.Task;
            return EventLoop.Current is null ? "lost" : "answered";
        }));
        using var client = server.CreateClient();
        var requests = Enumerable.Range(0, 16).Select(_ => client.GetStringAsync(new Uri("/", UriKind.Relative))).ToArray();
        await UntilAsync(() => Volatile.Read(ref begun) == 16);
        var stopping = server.Application.StopAsync();
        await UntilAsync(async () => await IsRefusedAsync(server));
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.All(await Task.WhenAll(requests).Bounded(), answer => Assert.Equal("answered", answer));
        await stopping.Bounded();
    }

    private static async Task<bool> IsRefusedAsync(WebServer server)
    {
        try
        {
            await using var connection = await server.ConnectAsync();
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 3000 && !await condition(); i++) await Task.Delay(10);
        Assert.True(await condition());
    }
}
