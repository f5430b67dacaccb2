namespace Braid.Benchmarks.Cases;

/// <summary>How long a caller waits for one trivial call in a worker process.</summary>
internal static class ProcessesRoundtrip
{
    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "processes-roundtrip",
        Description = "One call of x + 1 at a time on a warm pool of two worker processes, 2,000 calls a round: the median round trip, besides its 99th percentile. Pinned: the caller on processor 0, the other side on processor 1.",
        Unit = "µs",
        Better = Better.Lower,
        Items = 2_000,
        Entrants =
        [
            Entrant.Ours("RunAsync", rounds => ProcessWorkloads.RoundtripAsync(rounds, WorkerTransport.Automatic)),
            Entrant.Ours("RunAsync over a socket", rounds => ProcessWorkloads.RoundtripAsync(rounds, WorkerTransport.Socket)),
            Entrant.Ours("RunAsync, pinned", ProcessWorkloads.PinnedRoundtripAsync),
            Entrant.C("ping-pong over a socket pair", "pingpong", "pingpong"),
            Entrant.C("ping-pong, pinned", "pingpong", "pinned"),
            Entrant.Python("ProcessPoolExecutor.submit", "processes", "executor-roundtrip"),
            Entrant.Python("Pool.apply", "processes", "pool-roundtrip"),
            Entrant.Node("child_process.fork", "processes", "roundtrip"),
        ],
    };
}
