namespace Braid.Benchmarks.Cases;

/// <summary>How many trivial calls a second two worker processes take.</summary>
internal static class ProcessesThroughput
{
    private const int Fewer = 100_000;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "processes-throughput",
        Description = "1,000,000 calls of x + 1 on a warm pool of two worker processes, the results summed (fewer for the slow ones; a rate all the same). Chunks share one message among many calls, and one failure too.",
        Unit = "items/s",
        Items = 1_000_000,
        Entrants =
        [
            Entrant.Ours("MapAsync 4096 ahead", rounds => ProcessWorkloads.MapAsync(rounds, 4096)),
            Entrant.Ours("MapAsync 256 ahead", rounds => ProcessWorkloads.MapAsync(rounds, 256)),
            Entrant.Ours("MapAsync", rounds => ProcessWorkloads.MapAsync(rounds, null)),
            Entrant.Ours("RunAsync, all awaited together", ProcessWorkloads.RunAllAsync),
            Entrant.Ours("MapAsync 4096 ahead over sockets", rounds => ProcessWorkloads.MapAsync(rounds, 4096, WorkerTransport.Socket)),
            Entrant.Node("child_process.fork, 256 ahead", "processes", "throughput") with { Items = Fewer },
            Entrant.Python("Pool.map, chunks of its own", "processes", "pool-map") with { Warmups = 1 },
            Entrant.Python("Pool.map, no chunks", "processes", "pool-map-single") with { Items = 10_000, Warmups = 1 },
            Entrant.Python("ProcessPoolExecutor.map, chunks of 500", "processes", "executor-map-chunked") with { Warmups = 1 },
            Entrant.Python("ProcessPoolExecutor.submit, all awaited together", "processes", "executor-submit") with { Items = 10_000, Warmups = 1, Counted = 1 },
            Entrant.Python("ProcessPoolExecutor.map, no chunks", "processes", "executor-map") with { Items = 10_000, Warmups = 1, Counted = 1 },
        ],
    };

    internal static Benchmark BesideOthers { get; } = new()
    {
        Name = "processes-busy",
        Description = "The same while other programs compute, one for each processor, so that the pool has half of the machine and waits some milliseconds for it now and then.",
        Unit = "items/s",
        Items = 200_000,
        Entrants =
        [
            Entrant.Ours("MapAsync", rounds => ProcessWorkloads.MapBesideOthersAsync(rounds, null)),
            Entrant.Ours("MapAsync 4096 ahead", rounds => ProcessWorkloads.MapBesideOthersAsync(rounds, 4096)),
            Entrant.Ours("MapAsync 256 ahead", rounds => ProcessWorkloads.MapBesideOthersAsync(rounds, 256)),
            Entrant.Python("Pool.map, chunks of its own", "processes", "pool-map-busy"),
            Entrant.Python("ProcessPoolExecutor.map, chunks of 500", "processes", "executor-map-chunked-busy"),
            Entrant.Python("ProcessPoolExecutor.map, no chunks", "processes", "executor-map-busy") with { Items = 10_000, Warmups = 1, Counted = 1 },
        ],
    };
}
