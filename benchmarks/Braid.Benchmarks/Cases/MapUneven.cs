using System.Diagnostics;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>How busy a map in source order keeps its workers when items take very different times, asleep and computing.</summary>
internal static class MapUneven
{
    private const int Workers = 8;
    private const int Processors = 2;

    // Medians, in milliseconds. Workers that sleep wait for nobody's processor; those that compute have all there are.
    private const double SleepMedian = 4;
    private const double ComputeMedian = 0.6;

    internal static Benchmark Sleeping { get; } = new()
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

    internal static Benchmark Computing { get; } = new()
    {
        Name = "map-busy",
        Description = "2,000 items that keep a processor busy for log-normally distributed times (median 0.6 ms, mean 1 ms), on 2 workers: the share of the workers' time in which an item ran. Time in which the scheduler gave an item's processor to something else counts as the item's. Parallel.For has no results and no order.",
        Unit = "share of the time",
        Items = 2_000,
        Warmups = 1,
        Entrants =
        [
            Entrant.Ours("processes", rounds => MapBusyAsync(rounds, new ProcessExecutor(new ProcessOptions { Workers = Processors }))),
            Entrant.Ours("threads", rounds => MapBusyAsync(rounds, new ThreadExecutor(new ThreadOptions { Threads = Processors }))),
            Entrant.DotNet("Parallel.For", ForBusyAsync),
            Entrant.Python("ProcessPoolExecutor.map", "uneven", "busy"),
            Entrant.Python("Pool.map", "uneven", "busy-chunks"),
        ],
    };

    private static Task OnThreadsAsync(Rounds rounds, int? ahead = null) =>
        MapAsync(rounds, new ThreadExecutor(new ThreadOptions { Threads = Workers }), new MapOptions { MaxConcurrency = ahead });

    private static Task MapAsync(Rounds rounds, Executor executor, MapOptions? options = null) =>
        MapAsync(rounds, executor, Workers, Times(rounds.Items, SleepMedian), Work.Of<double, double>(Sleep), options);

    private static Task MapBusyAsync(Rounds rounds, Executor executor) =>
        MapAsync(rounds, executor, Processors, Times(rounds.Items, ComputeMedian), Work.Of<double, double>(Compute));

    private static async Task MapAsync(
        Rounds rounds, Executor executor, int workers, double[] times, Work<double, double> work, MapOptions? options = null)
    {
        await using (executor)
        {
            await rounds.ShareAsync(workers, async () =>
            {
                double busy = 0;
                await foreach (double seconds in executor.MapAsync(times, work, options)) busy += seconds;
                return busy;
            });
        }
    }

    private static Task ForEachAsync(Rounds rounds)
    {
        var times = Times(rounds.Items, SleepMedian);
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

    private static Task ForBusyAsync(Rounds rounds)
    {
        var times = Times(rounds.Items, ComputeMedian);
        return rounds.ShareAsync(Processors, () =>
        {
            double[] busy = new double[times.Length];
            Parallel.For(0, times.Length, new ParallelOptions { MaxDegreeOfParallelism = Processors }, i => busy[i] = Compute(times[i]));
            return Task.FromResult(busy.Sum());
        });
    }

    private static double Compute(double milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
        {
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Sleep(double milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The same in every round and for every entrant of ours: Box and Muller's way to a normal distribution.
    private static double[] Times(int count, double median)
    {
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return [.. Enumerable.Range(0, count).Select(_ => median * Math.Exp(Normal()))];
    }
}
