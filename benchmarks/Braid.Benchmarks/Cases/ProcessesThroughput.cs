namespace Braid.Benchmarks.Cases;

/// <summary>How many trivial calls a second two worker processes take.</summary>
internal static class ProcessesThroughput
{
    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "processes-throughput",
        Description = "100,000 calls of x + 1 on a warm pool of two worker processes, the results summed (one by one in CPython: 10,000). Chunks share one message among many calls, and one failure too.",
        Unit = "items/s",
        Items = 100_000,
        Entrants =
        [
            Entrant.Ours("MapAsync 256 ahead", rounds => ProcessWorkloads.MapAsync(rounds, 256)),
            Entrant.Ours("MapAsync", rounds => ProcessWorkloads.MapAsync(rounds, null)),
            Entrant.Node("child_process.fork, 256 ahead", "processes", "throughput"),
            Entrant.Python("Pool.map, chunks of its own", "processes", "pool-map") with { Warmups = 1 },
            Entrant.Python("Pool.map, no chunks", "processes", "pool-map-single") with { Items = 10_000, Warmups = 1 },
            Entrant.Python("ProcessPoolExecutor.map, chunks of 500", "processes", "executor-map-chunked") with { Warmups = 1 },
            Entrant.Python("ProcessPoolExecutor.map, no chunks", "processes", "executor-map") with { Items = 10_000, Warmups = 1, Counted = 1 },
        ],
    };
}
