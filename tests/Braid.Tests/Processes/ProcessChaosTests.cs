using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>Workers that are killed at random while many items run. BRAID_CHAOS_RUNS=10 runs it ten times on each transport.</summary>
public abstract class ProcessChaosTests : ProcessTest
{
    private const int Items = 10_000;
    private const int Workers = 2;

    // Twice a second on average: a gap of 0 to 1000 ms.
    private const int LongestGap = 1000;

    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("BRAID_CHAOS_RUNS") ?? "1", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Ten_thousand_items_survive_workers_that_are_killed_all_the_time(int seed)
    {
        var executor = Make(workers: Workers);
        using var stop = new CancellationTokenSource();
        var killer = KillAsync(new Random(seed), stop.Token);
        var outcomes = new List<Outcome<int, int>>();
        var map = Task.Run(async () =>
        {
            await foreach (var outcome in executor.OutcomesAsync(Enumerable.Range(0, Items), Work.Of<int, int>(Work1Millisecond), new() { MaxConcurrency = 64 }))
                outcomes.Add(outcome);
        });
        await map.WaitAsync(2 * Limit);
        await stop.CancelAsync();
        var killed = await killer;

        Assert.Equal(Enumerable.Range(0, Items), outcomes.Select(o => o.Arg));
        Assert.Equal(Enumerable.Range(0, Items), outcomes.Select(o => (int)o.Index));
        Assert.All(outcomes.Where(o => o.Succeeded), o => Assert.Equal(-o.Arg, o.Result));
        Assert.All(outcomes.Where(o => !o.Succeeded), o => AssertKilled(o, killed));
        Assert.InRange(outcomes.Count(o => !o.Succeeded), 0, killed.Count);
        Assert.Equal(Items, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
        Assert.NotEmpty(killed);

        // The pool has its size again.
        int[] both = await ProcessIds(executor, Workers);
        Assert.Equal(Workers, both.Distinct().Count());
        Assert.DoesNotContain(both, killed.Contains);
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed.Count} workers killed, {outcomes.Count(o => !o.Succeeded)} items failed");
    }

    private static int Work1Millisecond(int x)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalMilliseconds < 1)
        {
        }

        return -x;
    }

    private static void AssertKilled(Outcome<int, int> outcome, ConcurrentBag<int> killed)
    {
        string message = Assert.IsType<WorkerLostException>(outcome.Exception).Message;
        Assert.Contains($"'Work1Millisecond' ({outcome.Arg})", message);
        Assert.Contains("SIGKILL", message);
        Assert.Contains(killed, pid => message.Contains($"(process {pid})", StringComparison.Ordinal));
    }

    private async Task<ConcurrentBag<int>> KillAsync(Random random, CancellationToken cancellationToken)
    {
        var killed = new ConcurrentBag<int>();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(random.Next(LongestGap), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            int[] alive = [.. Timeline.Events.Where(e => e.Phase == TracePhase.WorkerStarted)
                .Select(e => int.Parse(e.Detail!.Split(' ')[1], CultureInfo.InvariantCulture)).Where(pid => !killed.Contains(pid) && IsAlive(pid))];
            if (alive.Length == 0 || cancellationToken.IsCancellationRequested) continue;
            int victim = alive[random.Next(alive.Length)];
            killed.Add(victim);
            using var process = Process.GetProcessById(victim);
            process.Kill();
        }

        return killed;
    }
}
