using System.Diagnostics;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>Our side of the benchmarks on two worker processes.</summary>
internal static class ProcessWorkloads
{
    private const int Workers = 2;

    /// <summary>One call at a time.</summary>
    internal static async Task RoundtripAsync(Rounds rounds, WorkerTransport transport)
    {
        await using var executor = NewExecutor(transport);
        var work = Work.Of<int, int>(Trivial.AddOne);
        await rounds.LatencyAsync(x => executor.RunAsync(work, x));
    }

    /// <summary>One call at a time, the program on processor 0 and its one worker on processor 1.</summary>
    internal static async Task PinnedRoundtripAsync(Rounds rounds)
    {
        await using var executor = new ProcessExecutor(new() { Workers = 1, Processors = [1] });
        var work = Work.Of<int, int>(Trivial.AddOne);
        await executor.RunAsync(work, 0);

        // Every thread that there is; what they start inherits it. The worker runs already, so it stays where it is.
        using var pinning = Process.Start("taskset", ["--all-tasks", "--cpu-list", "--pid", "0", $"{Environment.ProcessId}"]);
        await pinning.WaitForExitAsync();
        if (pinning.ExitCode != 0) throw new SkipException("taskset cannot keep this program on processor 0.");
        await rounds.LatencyAsync(x => executor.RunAsync(work, x));
    }

    /// <summary>Many calls through a map, at most <paramref name="ahead"/> at a time; null: the default.</summary>
    internal static async Task MapAsync(Rounds rounds, int? ahead, WorkerTransport transport = WorkerTransport.Automatic)
    {
        await using var executor = NewExecutor(transport);
        var work = Work.Of<int, int>(Trivial.AddOne);
        var options = new MapOptions { MaxConcurrency = ahead };
        await rounds.RateAsync(async () =>
        {
            long sum = 0;
            await foreach (int result in executor.MapAsync(Enumerable.Range(0, rounds.Items), work, options)) sum += result;
            return sum;
        }, Trivial.Sum(rounds.Items));
    }

    /// <summary>The same while other programs keep every processor busy.</summary>
    internal static async Task MapBesideOthersAsync(Rounds rounds, int? ahead)
    {
        using var others = BusyPrograms.Start();
        await MapAsync(rounds, ahead);
    }

    /// <summary>Many calls, each awaited by itself, after all have been made.</summary>
    internal static async Task RunAllAsync(Rounds rounds)
    {
        await using var executor = NewExecutor();
        var work = Work.Of<int, int>(Trivial.AddOne);
        var results = new ValueTask<int>[rounds.Items];
        await rounds.RateAsync(async () =>
        {
            for (int i = 0; i < results.Length; i++) results[i] = executor.RunAsync(work, i);
            long sum = 0;
            foreach (var result in results) sum += await result;
            return sum;
        }, Trivial.Sum(rounds.Items));
    }

    /// <summary>Chunks of primes.</summary>
    internal static async Task PrimesAsync(Rounds rounds)
    {
        await using var executor = NewExecutor();
        await PrimesSpeedUp.MapAsync(rounds, executor);
    }

    /// <summary>From the program's start to the results of two calls, one on each worker unless one is quicker than the other's start.</summary>
    internal static async Task StartAsync(Rounds rounds)
    {
        await using var executor = NewExecutor();
        var work = Work.Of<int, int>(Trivial.AddOne);
        var first = executor.RunAsync(work, 0);
        var second = executor.RunAsync(work, 1);
        int sum = await first + await second;
        rounds.SinceStart();
        if (sum != Trivial.Sum(2)) throw new InvalidOperationException($"The two calls gave {sum}.");
    }

    internal static ProcessExecutor NewExecutor(WorkerTransport transport = WorkerTransport.Automatic) =>
        new(new ProcessOptions { Workers = Workers, Transport = transport });
}
