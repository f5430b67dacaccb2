using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Braid.AspNetCore.Tests;

/// <summary>All of a request's code runs on its connection's loop.</summary>
public sealed class ThreadTests
{
    private static readonly ConditionalWeakTable<EventLoop, HttpClient> Clients = [];

    public static TheoryData<LoopPoller, HttpProtocols, bool> Ways => new()
    {
        { LoopPoller.Default, HttpProtocols.Http1, false },
        { LoopPoller.Default, HttpProtocols.Http1, true },
        { LoopPoller.Default, HttpProtocols.Http2, true },
        { LoopPoller.Default, HttpProtocols.Http2, false },
        { LoopPoller.Portable, HttpProtocols.Http1, false },
        { LoopPoller.Portable, HttpProtocols.Http2, true },
    };

    [Theory, MemberData(nameof(Ways))]
    public async Task Every_step_of_a_request_runs_on_the_loop_of_its_connection(LoopPoller poller, HttpProtocols protocols, bool tls)
    {
        var where = new Whereabouts();
        await using var other = await WebServer.StartAsync(new ServerSetup { Loops = null }, app => app.MapGet("/", () => "from afar"));
        var setup = new ServerSetup { Loops = new() { Loops = 2, Poller = poller }, Protocols = protocols, Tls = tls };
        await using var server = await WebServer.StartAsync(setup, app =>
        {
            app.Use(async (context, next) =>
            {
                var loop = EventLoop.Current;
                where.Note("middleware");
                await next(context);
                where.Note("middleware, afterwards");
                Assert.Same(loop, EventLoop.Current);
            });
            app.MapPost("/", context => AnswerAsync(context, other, where));
        });
        using var client = server.CreateClient();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            using var content = i % 2 == 0 ? (HttpContent)new StringContent(new string('x', 100_000)) : new ChunkedContent(new string('x', 100_000));
            using var response = await client.PostAsync(new Uri("/", UriKind.Relative), content);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal($"100000 from afar {new string('y', 200_000)}", await response.Content.ReadAsStringAsync());
        })).Bounded();

        Assert.Empty(where.OffLoop);
        Assert.Equal(40 * 10, where.Count);
        Assert.InRange(where.Threads, 1, 2);
    }

    [Fact]
    public async Task With_one_loop_requests_need_no_locks()
    {
        int inside = 0, most = 0, requests = 0;
        var setup = new ServerSetup { Loops = new() { Loops = 1 } };
        await using var server = await WebServer.StartAsync(setup, app => app.MapGet("/", async () =>
        {
            most = Math.Max(most, ++inside);
            for (int i = 0; i < 20; i++)
            {
                int before = requests; // a race here would lose counts
                Thread.SpinWait(20);
                requests = before + 1;
                await Task.Yield();
            }

            inside--;
            return "done";
        }));
        using var client = server.CreateClient();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.GetStringAsync(new Uri("/", UriKind.Relative)))).Bounded();
        Assert.Equal(200 * 20, requests);
        Assert.Equal(0, inside);
        Assert.True(most > 1, "Requests did not interleave.");
    }

    [Fact]
    public async Task Bound_parameters_results_and_json_run_the_endpoint_on_the_loop()
    {
        var where = new Whereabouts();
        await using var server = await WebServer.StartAsync(new ServerSetup(), app => app.MapPost("/sum", async (int[] numbers) =>
        {
            where.Note("with the parameters");
            await Task.Delay(1);
            where.Note("after a delay");
            return numbers.Sum();
        }));
        using var client = server.CreateClient();
        for (int i = 0; i < 20; i++)
        {
            using var response = await client.PostAsJsonAsync(new Uri("/sum", UriKind.Relative), Enumerable.Range(0, 5000).ToArray()).Bounded();
            Assert.Equal("12497500", await response.Content.ReadAsStringAsync());
        }

        Assert.Empty(where.OffLoop);
        Assert.Equal(40, where.Count);
    }

    [Fact]
    public async Task A_request_that_fails_is_a_500_and_the_connection_goes_on()
    {
        await using var server = await WebServer.StartAsync(new ServerSetup(), app =>
        {
            app.MapGet("/now", string () => throw new InvalidOperationException("at once"));
            app.MapGet("/later", async Task<string> () =>
            {
                await Task.Yield();
                throw new InvalidOperationException("later");
            });
            app.MapGet("/", (HttpContext context) => context.Connection.Id);
        });
        using var client = server.CreateClient(connections: 1);
        string connection = await client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded();
        foreach (string path in (string[])["/now", "/later"])
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative)).Bounded();
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        }

        Assert.Equal(connection, await client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded());
    }

    private static async Task AnswerAsync(HttpContext context, WebServer other, Whereabouts where)
    {
        var loop = EventLoop.Current!;
        where.Note("endpoint");
        await Task.Yield();
        where.Note("after Task.Yield");
        await loop.SleepAsync(TimeSpan.FromMilliseconds(1));
        where.Note("after SleepAsync");
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        where.Note("after reading the body");
        var client = Clients.GetValue(loop, _ => other.Prepare(loop.CreateHttpHandler()));
        string afar = await client.GetStringAsync(new Uri(other.Url));
        where.Note("after an HttpClient call");
        await context.Response.WriteAsync($"{body.Length} {afar} ");
        where.Note("after writing");
        for (int i = 0; i < 4; i++) await context.Response.BodyWriter.WriteAsync(Encoding.ASCII.GetBytes(new string('y', 50_000)));
        where.Note("after writing more than a pipe holds");
        await Task.Run(() => { });
        where.Note("after work on the pool");
        Assert.Same(loop, EventLoop.Current);
    }

    /// <summary>Content of unknown length, in pieces.</summary>
    private sealed class ChunkedContent(string text) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            for (int at = 0; at < bytes.Length; at += 10_000)
            {
                await stream.WriteAsync(bytes.AsMemory(at, Math.Min(10_000, bytes.Length - at)));
                await stream.FlushAsync();
                await Task.Yield();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
