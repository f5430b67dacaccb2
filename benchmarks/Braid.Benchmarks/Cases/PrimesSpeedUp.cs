using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What a second core is worth to work that computes.</summary>
internal static class PrimesSpeedUp
{
    // Numbers in a chunk, the item of this benchmark. The peers' programs have the same.
    private const int ChunkWidth = 15_625;

    // CPython's share: 500,000 numbers take it as long as 4,000,000 take compiled code.
    private const int PythonChunks = 32;
    private const int Workers = 2;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "primes",
        Description = "Primes below 4,000,000 (CPython: 500,000) by trial division in 256 chunks (32): how many times as fast as a plain loop in the same language, in the same process. 2 is the most that two cores can give; C shows what this machine's two give.",
        Unit = "speed-up",
        Items = 256,
        Warmups = 1,
        Counted = 2,
        Entrants =
        [
            Entrant.Ours("threads", rounds => MapAsync(rounds, new ThreadExecutor(new ThreadOptions { Threads = Workers }))),
            Entrant.Ours("processes", ProcessWorkloads.PrimesAsync),
            Entrant.Ours("inline", rounds => MapAsync(rounds, new InlineExecutor())),
            Entrant.Ours(
                "threads, GlobalLock", rounds => MapAsync(rounds, new ThreadExecutor(new ThreadOptions { Threads = Workers, GlobalLock = new GlobalLock() }))),
            Entrant.C("2 threads", "primes", "threads"),
            Entrant.DotNet("Parallel.For", ParallelForAsync),
            Entrant.Go("2 goroutines", "primes"),
            Entrant.Node("child_process.fork", "primes", "fork"),
            Entrant.Python("ProcessPoolExecutor", "primes", "processes") with { Items = PythonChunks },
            Entrant.Python("ThreadPoolExecutor", "primes", "threads") with { Items = PythonChunks },
        ],
    };

    internal static async Task MapAsync(Rounds rounds, Executor executor)
    {
        await using (executor)
        {
            var work = Work.Of<int, int>(CountPrimes);
            await rounds.SpeedUpAsync(() => PlainLoop(rounds.Items), async () =>
            {
                long sum = 0;
                await foreach (int count in executor.MapAsync(Enumerable.Range(0, rounds.Items), work)) sum += count;
                return sum;
            });
        }
    }

    private static Task ParallelForAsync(Rounds rounds) => rounds.SpeedUpAsync(() => PlainLoop(rounds.Items), () =>
    {
        long sum = 0;
        Parallel.For(0, rounds.Items, new ParallelOptions { MaxDegreeOfParallelism = Workers }, chunk => Interlocked.Add(ref sum, CountPrimes(chunk)));
        return Task.FromResult(sum);
    });

    private static long PlainLoop(int chunks)
    {
        long sum = 0;
        for (int chunk = 0; chunk < chunks; chunk++) sum += CountPrimes(chunk);
        return sum;
    }

    private static int CountPrimes(int chunk)
    {
        int first = chunk * ChunkWidth;
        int count = 0;
        for (int number = Math.Max(first, 2); number < first + ChunkWidth; number++)
            if (IsPrime(number)) count++;
        return count;
    }

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
            if (number % divisor == 0) return false;
        return true;
    }
}
