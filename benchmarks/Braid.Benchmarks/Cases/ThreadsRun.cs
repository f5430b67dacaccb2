using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What a single call costs on two threads when many are under way.</summary>
internal static class ThreadsRun
{
    private const int Threads = 2;
    private const int InFlight = 1000;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "threads-run",
        Description = "1,000,000 single calls of x + 1, a thousand given at once and then awaited one after the other (CPython: 100,000).",
        Unit = "calls/s",
        Items = 1_000_000,
        Entrants =
        [
            Entrant.Ours("RunAsync", RunAsync),
            Entrant.DotNet("Task.Run", TaskRunAsync),
            Entrant.Go("a goroutine each", "threads-run"),
            Entrant.Python("ThreadPoolExecutor.submit", "threads", "submit") with { Items = 100_000, Warmups = 1 },
        ],
    };

    private static async Task RunAsync(Rounds rounds)
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = Threads });
        var work = Work.Of<int, int>(Trivial.AddOne);
        var calls = new ValueTask<int>[InFlight];
        await rounds.RateAsync(async () =>
        {
            long sum = 0;
            for (int first = 0; first < rounds.Items; first += InFlight)
            {
                for (int i = 0; i < InFlight; i++) calls[i] = executor.RunAsync(work, first + i);
                for (int i = 0; i < InFlight; i++) sum += await calls[i];
            }

            return sum;
        }, Trivial.Sum(rounds.Items));
    }

    private static Task TaskRunAsync(Rounds rounds)
    {
        var calls = new Task<int>[InFlight];
        return rounds.RateAsync(async () =>
        {
            long sum = 0;
            for (int first = 0; first < rounds.Items; first += InFlight)
            {
                for (int i = 0; i < InFlight; i++)
                {
                    int x = first + i;
                    calls[i] = Task.Run(() => Trivial.AddOne(x));
                }

                for (int i = 0; i < InFlight; i++) sum += await calls[i];
            }

            return sum;
        }, Trivial.Sum(rounds.Items));
    }
}
