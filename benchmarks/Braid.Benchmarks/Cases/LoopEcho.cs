using System.Globalization;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What a server's sockets cost.</summary>
internal static class LoopEcho
{
    private const int Requests = 200_000;

    // For the servers that would take ten seconds a round.
    private const int FewRequests = 60_000;

    private static readonly Dictionary<string, string> NoVariables = [];
    private static readonly Dictionary<string, string> OneProcessor = new() { ["GOMAXPROCS"] = "1" };

    internal static Benchmark Over64 { get; } = Over(64);

    internal static Benchmark Over1000 { get; } = Over(1000);

    private static Benchmark Over(int connections) => new()
    {
        Name = $"loop-echo-{connections}",
        Description = string.Create(CultureInfo.InvariantCulture, $"TCP echo of 64 bytes over {connections:N0} connections, the next message after the answer, {Requests:N0} a round (asyncio's streams {FewRequests:N0}). The server on processor 0, one load program in C for all on processor 1. Besides: a message's median and 99th percentile, the server's processor time and what a server on .NET allocates for one."),
        Unit = "requests/s",
        Items = Requests,
        Warmups = 1,
        Entrants =
        [
            Entrant.Ours("ReceiveAsync, SendAsync", rounds => MeasureOwnAsync(rounds, connections, EchoServers.OnLoop, NoVariables)),
            Entrant.Peer("C epoll", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.C, "c/echo", "")),
            Entrant.Peer("Rust tokio, current_thread", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.Rust, PeerRuntime.RustProgram, "echo")),
            Entrant.Peer("CPython uvloop, protocol", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.Python, "python/echo.py", "uvloop-protocol")),
            Entrant.Peer("CPython asyncio, protocol", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.Python, "python/echo.py", "protocol")),
            Entrant.Peer("CPython asyncio, streams", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.Python, "python/echo.py", "streams")) with { Items = FewRequests },
            Entrant.DotNet("Socket", rounds => MeasureOwnAsync(rounds, connections, EchoServers.OnSockets, NoVariables)),
            Entrant.DotNet("Socket, completions inline", rounds => MeasureOwnAsync(rounds, connections, EchoServers.OnSockets, EchoServers.InlineCompletions)),
            Entrant.Peer("Go net, one processor", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.Go, PeerRuntime.GoProgram, "echo")),
            Entrant.Peer("Node net", rounds => MeasurePeerAsync(rounds, connections, PeerRuntime.Node, "node/echo.js", "")),
        ],
    };

    private static async Task MeasurePeerAsync(Rounds rounds, int connections, PeerRuntime runtime, string script, string variant)
    {
        HelperProcess.RequirePins();
        var command = await runtime.RequireAsync(script);
        await using var server = HelperProcess.Start(command.With(variant), processor: 0, OneProcessor);
        await using var load = await ConnectAsync(server, connections);
        await rounds.RepeatAsync(() => RoundAsync(rounds.Items, server, load));
    }

    private static async Task MeasureOwnAsync(Rounds rounds, int connections, string kind, Dictionary<string, string> environment)
    {
        HelperProcess.RequirePins();
        await using var server = HelperProcess.Start(Command.Own("serve", kind), processor: 0, environment);
        await using var load = await ConnectAsync(server, connections);
        await rounds.RepeatAsync(async () =>
        {
            double before = await AllocatedAsync(server);
            var figures = await RoundAsync(rounds.Items, server, load);
            return [.. figures, new("bytes", (await AllocatedAsync(server) - before) / rounds.Items)];
        });
    }

    private static async Task<HelperProcess> ConnectAsync(HelperProcess server, int connections)
    {
        int port = await server.ListenForNumberAsync();
        var command = await PeerRuntime.C.RequireAsync("c/load");
        var load = HelperProcess.Start(command.With($"{port}", $"{connections}"), processor: 1);
        await load.ListenForNumberAsync();
        return load;
    }

    private static async Task<KeyValuePair<string, double>[]> RoundAsync(int requests, HelperProcess server, HelperProcess load)
    {
        var before = server.ProcessorTime;
        double[] answer = [.. (await load.AskAsync($"{requests}")).Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        double serverMicroseconds = (server.ProcessorTime - before).TotalMicroseconds;
        return
        [
            new(Rounds.MainFigure, requests / answer[0]),
            new("p50 µs", answer[1]),
            new("p99 µs", answer[2]),
            new("server µs", serverMicroseconds / requests),
        ];
    }

    private static async Task<double> AllocatedAsync(HelperProcess server) => double.Parse(await server.AskAsync("allocated"), CultureInfo.InvariantCulture);
}
