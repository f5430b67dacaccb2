using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>How long a program with two worker processes takes to its first results.</summary>
internal static class StartUp
{
    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "start",
        Description = "From the start of the program to the results of two calls on its two new worker processes. CPython's fork copies the program that runs; all others load it again.",
        Unit = "ms",
        Better = Better.Lower,
        Items = 1,
        Warmups = 0,
        Counted = 1,
        Entrants =
        [
            Entrant.Ours("processes", ProcessWorkloads.StartAsync),
            Entrant.DotNet("nothing but its own start", StartNothing),
            Entrant.Python("ProcessPoolExecutor, spawn", "start", "spawn"),
            Entrant.Python("ProcessPoolExecutor, fork", "start", "fork"),
            Entrant.Node("child_process.fork", "start", "fork"),
        ],
    };

    /// <summary>A program that has come to its first lines: what .NET takes, twice of which lies in a first result from a worker.</summary>
    private static Task StartNothing(Rounds rounds)
    {
        rounds.SinceStart();
        return Task.CompletedTask;
    }
}
