using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Braid.AspNetCore.Tests;

/// <summary>LoopTransportOptions.FindEscapes: the program's code is told of, the web server's is not.</summary>
public sealed class EscapeTests
{
    [Theory, MemberData(nameof(ThreadTests.Ways), MemberType = typeof(ThreadTests))]
    public async Task Only_the_endpoint_that_leaves_its_loop_is_told_of(LoopPoller poller, HttpProtocols protocols, bool tls)
    {
        using var log = new EscapeLog();
        var name = Guid.NewGuid().ToString();
        var setup = new ServerSetup { Loops = new() { Loops = 2, Name = name, Poller = poller, FindEscapes = true }, Protocols = protocols, Tls = tls };
        await using (var server = await WebServer.StartAsync(setup, app =>
        {
            app.Use(async (context, next) =>
            {
                await Task.Yield();
                await next(context);
            });
            app.MapPost("/stay", StayAsync);
            app.MapPost("/leave", LeaveAsync);
        }))
        {
            using var client = server.CreateClient();
            foreach (var path in (string[])["/stay", "/leave"])
            {
                await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
                {
                    using var content = new StringContent(new string('x', 100_000));
                    using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
                    Assert.Equal("100000", await response.Content.ReadAsStringAsync());
                })).Bounded();
            }
        }

        // Once for each loop that had such a request.
        var told = log.Told.Where(told => told.Loop.StartsWith(name, StringComparison.Ordinal)).Select(told => told.Method).ToList();
        Assert.InRange(told.Count, 1, 2);
        Assert.All(told, method => Assert.Equal("Braid.AspNetCore.Tests.EscapeTests.LeaveAsync", method));
    }

    private static async Task StayAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var length = (await reader.ReadToEndAsync()).Length;
        await Task.Run(static () => { });
        await context.Response.WriteAsync(length.ToString(CultureInfo.InvariantCulture));
        await context.Response.CompleteAsync();
    }

    private static async Task LeaveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var length = (await reader.ReadToEndAsync()).Length;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await context.Response.WriteAsync(length.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class EscapeLog : EventListener
    {
        public ConcurrentQueue<(string Loop, string Method)> Told { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Braid") EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == "Escape") Told.Enqueue(((string)eventData.Payload![0]!, (string)eventData.Payload[1]!));
        }
    }
}
