using System.Diagnostics;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>How busy a map in source order keeps its workers when items take very different times.</summary>
internal static class MapUneven
{
    private const int Workers = 8;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "map-uneven",
        Description = "1,000 items that sleep for log-normally distributed times (median 4 ms, mean 6.6 ms, 1 in 100 more than 40 ms), on 8 workers: the share of the workers' time in which an item ran. 1 is the most there is. Parallel.ForEachAsync has no results and no order.",
        Unit = "share of the time",
        Items = 1_000,
        Warmups = 1,
        Entrants =
        [
            Entrant.Ours("threads", rounds => OnThreadsAsync(rounds)),
            Entrant.Ours("threads, 8 ahead", rounds => OnThreadsAsync(rounds, Workers)),
            Entrant.Ours("threads, 32 ahead", rounds => OnThreadsAsync(rounds, 4 * Workers)),
            Entrant.Ours("threads, 64 ahead", rounds => OnThreadsAsync(rounds, 8 * Workers)),
            Entrant.Ours("processes", rounds => MapAsync(rounds, new ProcessExecutor(new ProcessOptions { Workers = Workers }))),
            Entrant.DotNet("Parallel.ForEachAsync", ForEachAsync),
            Entrant.Python("ThreadPoolExecutor.map", "uneven", "map"),
        ],
    };

    private static Task OnThreadsAsync(Rounds rounds, int? ahead = null) =>
        MapAsync(rounds, new ThreadExecutor(new ThreadOptions { Threads = Workers }), new MapOptions { MaxConcurrency = ahead });

    private static async Task MapAsync(Rounds rounds, Executor executor, MapOptions? options = null)
    {
        await using (executor)
        {
            var times = Times(rounds.Items);
            var work = Work.Of<double, double>(Sleep);
            await rounds.ShareAsync(Workers, async () =>
            {
                double busy = 0;
                await foreach (double seconds in executor.MapAsync(times, work, options)) busy += seconds;
                return busy;
            });
        }
    }

    private static Task ForEachAsync(Rounds rounds)
    {
        var times = Times(rounds.Items);
        return rounds.ShareAsync(Workers, async () =>
        {
            double[] busy = new double[times.Length];
            await Parallel.ForEachAsync(Enumerable.Range(0, times.Length), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (i, token) =>
            {
                long start = Stopwatch.GetTimestamp();
                await Task.Delay(TimeSpan.FromMilliseconds(times[i]), token);
                busy[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            });
            return busy.Sum();
        });
    }

    private static double Sleep(double milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The same in every round and for every entrant of ours: Box and Muller's way to a normal distribution.
    private static double[] Times(int count)
    {
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return [.. Enumerable.Range(0, count).Select(_ => 4 * Math.Exp(Normal()))];
    }
}
