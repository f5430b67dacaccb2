using System.Diagnostics;
using System.Net;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What a web server's transport costs.</summary>
internal static class KestrelPlaintext
{
    private const int Connections = 64;

    private static readonly byte[] Request = "GET /plaintext HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();
    private static readonly byte[] Ending = "\r\n\r\nHello, World!"u8.ToArray();

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "kestrel-plaintext",
        Description = "GETs of 13 bytes from Kestrel over 64 connections that stay open, the next request after the answer, 40,000 a round; a request's 99th percentile and the server's processor time for one, in µs. The server on processor 0, the load on processor 1.",
        Unit = "requests/s",
        Items = 40_000,
        Warmups = 15, // .NET compiles a web server's code to the end only after some 400,000 requests on one processor
        Entrants =
        [
            Entrant.Ours("one loop", rounds => MeasureAsync(rounds, "loop")),
            Entrant.DotNet("Kestrel's own transport", rounds => MeasureAsync(rounds, "sockets")),
            Entrant.DotNet("Kestrel's own, all inline", rounds => MeasureAsync(rounds, "inline")),
        ],
    };

    private static async Task MeasureAsync(Rounds rounds, string kind)
    {
        HelperProcess.RequirePins();
        await using var server = StartServer(kind);
        int port = await server.ListenForNumberAsync();
        await HelperProcess.PinThisAsync(1);
        EventLoop.Run(_ => LoadAsync(rounds, new IPEndPoint(IPAddress.Loopback, port), server));
    }

    private static HelperProcess StartServer(string kind)
    {
        string folder = AppContext.BaseDirectory.Replace("Braid.Benchmarks", "Braid.Benchmarks.WebServer", StringComparison.Ordinal);
        string program = Path.Combine(folder, "Braid.Benchmarks.WebServer.dll");
        return HelperProcess.Start(new("dotnet", [program, kind]), processor: 0, kind == "inline" ? EchoServers.InlineCompletions : null);
    }

    private static async Task LoadAsync(Rounds rounds, IPEndPoint endpoint, HelperProcess server)
    {
        var sockets = new LoopSocket[Connections];
        for (int i = 0; i < Connections; i++) sockets[i] = await LoopSocket.ConnectAsync(endpoint);
        int each = rounds.Items / Connections;
        await rounds.RateAndLatencyAsync(
            async () => [.. (await Task.WhenAll(sockets.Select(socket => TalkAsync(socket, each)))).SelectMany(times => times)],
            () => server.ProcessorTime);
    }

    /// <summary>One request after the other; how long each took, in microseconds.</summary>
    private static async Task<double[]> TalkAsync(LoopSocket socket, int requests)
    {
        double[] microseconds = new double[requests];
        byte[] buffer = new byte[1024];
        for (int i = 0; i < requests; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await socket.SendAsync(Request);
            int length = 0;
            do
            {
                int received = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (received == 0) throw new InvalidOperationException("The server has ended a connection.");
                length += received;
            }
            while (!buffer.AsSpan(0, length).EndsWith(Ending));
            microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return microseconds;
    }
}
