using Braid.Benchmarks.Cases;

namespace Braid.Benchmarks;

/// <summary>All benchmarks there are.</summary>
internal static class Catalog
{
    internal static IReadOnlyList<Benchmark> All { get; } =
    [
        ThreadsMap.Benchmark,
        ThreadsRun.Benchmark,
        MapUneven.Sleeping,
        MapUneven.Computing,
        ProcessesRoundtrip.Benchmark,
        ProcessesThroughput.Benchmark,
        ProcessesThroughput.BesideOthers,
        ProcessesLarge.Benchmark,
        ProcessesGarbage.Benchmark,
        LoopSwitches.Benchmark,
        LoopSleeping.Benchmark,
        LoopTimers.Benchmark,
        LoopEcho.Over64,
        LoopEcho.Over1000,
        LoopGets.Benchmark,
        KestrelPlaintext.Benchmark,
        PrimesSpeedUp.Benchmark,
        StartUp.Benchmark,
    ];

    /// <summary>The benchmark of that name; its prefix will do.</summary>
    internal static Benchmark? Find(string name) =>
        All.FirstOrDefault(benchmark => benchmark.Name == name) ?? All.FirstOrDefault(benchmark => benchmark.Name.StartsWith(name, StringComparison.Ordinal));
}
