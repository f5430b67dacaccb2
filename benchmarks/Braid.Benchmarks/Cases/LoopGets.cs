using System.Net;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What many slow HTTP requests at once cost a client.</summary>
internal static class LoopGets
{
    private const int InFlight = 500;
    private const int PageBytes = 1024;

    // How a client of another language learns where to ask.
    private const string UrlVariable = "BENCHMARK_URL";

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "loop-gets",
        Description = "2,000 GETs of 1 KiB that a server (Go, another process) holds back for 50 ms, up to 500 in flight, connections included: the client and its connections are new in every round. The least possible is 0.2 s.",
        Unit = "s",
        Better = Better.Lower,
        Items = 2000,
        Entrants =
        [
            Entrant.Ours("HttpClient, one loop", OnLoopAsync),
            Entrant.DotNet("HttpClient, pool", OnPoolAsync),
            Entrant.Peer("Go net/http", rounds => MeasurePeerAsync(rounds, PeerRuntime.Go, PeerRuntime.GoProgram, "loop-gets")),
            Entrant.Peer("CPython aiohttp", rounds => MeasurePeerAsync(rounds, PeerRuntime.Python, "python/gets.py", "asyncio")),
            Entrant.Peer("CPython aiohttp on uvloop", rounds => MeasurePeerAsync(rounds, PeerRuntime.Python, "python/gets.py", "uvloop")),
            Entrant.Peer("Node http", rounds => MeasurePeerAsync(rounds, PeerRuntime.Node, "node/gets.js", "http")),
            Entrant.Peer("Node fetch", rounds => MeasurePeerAsync(rounds, PeerRuntime.Node, "node/gets.js", "fetch")),
        ],
    };

    private static async Task OnLoopAsync(Rounds rounds)
    {
        await using var server = await StartServerAsync();
        var url = await UrlAsync(server);
        await rounds.SecondsAsync(
            () => Task.FromResult(EventLoop.Run(_ => GetAllAsync(EventLoop.Current!.CreateHttpHandler(), url, rounds.Items))),
            (long)rounds.Items * PageBytes);
    }

    private static async Task OnPoolAsync(Rounds rounds)
    {
        await using var server = await StartServerAsync();
        var url = await UrlAsync(server);
        await rounds.SecondsAsync(() => GetAllAsync(new SocketsHttpHandler(), url, rounds.Items), (long)rounds.Items * PageBytes);
    }

    private static async Task MeasurePeerAsync(Rounds rounds, PeerRuntime runtime, string script, string variant)
    {
        var command = await runtime.RequireAsync(script);
        await using var server = await StartServerAsync();
        var url = await UrlAsync(server);
        await rounds.RunAsync(command.With(variant), new Dictionary<string, string> { [UrlVariable] = url.ToString() });
    }

    private static async Task<HelperProcess> StartServerAsync() => HelperProcess.Start((await PeerRuntime.Go.RequireAsync(PeerRuntime.GoProgram)).With("late-pages"));

    private static async Task<Uri> UrlAsync(HelperProcess server) => new($"http://{IPAddress.Loopback}:{await server.ListenForNumberAsync()}/");

    private static async Task<long> GetAllAsync(SocketsHttpHandler handler, Uri url, int items)
    {
        using var client = new HttpClient(handler);
        int asked = 0;
        long[] bytes = await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => AskOnAsync()));
        return bytes.Sum();

        // Up to as many at once as there are of these.
        async Task<long> AskOnAsync()
        {
            long sum = 0;
            while (Interlocked.Increment(ref asked) <= items) sum += (await client.GetByteArrayAsync(url)).Length;
            return sum;
        }
    }
}
