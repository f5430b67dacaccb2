using System.Diagnostics;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What a task costs that only waits.</summary>
internal static class LoopSleeping
{
    private const int Few = 100_000;

    // Not parameters: a method that waits keeps its own, 8 bytes each, and they are no cost of sleeping.
    private static TimeSpan _span;
    private static EventLoop _loop = null!;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "loop-sleeping",
        Description = "1,000,000 tasks asleep at once for 10 s (CPython: 100,000 for 3 s): growth of the process's peak memory for one, besides the seconds until all have started. Cold, once: a peak has no second round.",
        Unit = "bytes/task",
        Better = Better.Lower,
        Items = 1_000_000,
        Warmups = 0,
        Counted = 1,
        Entrants =
        [
            Entrant.Ours("SleepAsync, an async method each", OnLoopAsync),
            Entrant.DotNet("Task.Delay, an async method each", rounds => MeasureAsync(rounds, DelayAsync)),
            Entrant.DotNet("Task.Delay", rounds => MeasureAsync(rounds, static () => Task.Delay(_span))),
            Entrant.Go("goroutines", "loop-sleeping"),
            Entrant.Rust("tokio, current_thread", "loop-sleeping"),
            Entrant.Node("timers/promises", "sleeping", "promises"),
            Entrant.Python("asyncio.sleep", "sleeping", "asyncio") with { Items = Few },
            Entrant.Python("asyncio.sleep on uvloop", "sleeping", "uvloop") with { Items = Few },
        ],
    };

    private static Task OnLoopAsync(Rounds rounds)
    {
        EventLoop.Run(_ =>
        {
            _loop = EventLoop.Current!;
            return MeasureAsync(rounds, SleepAsync);
        });
        return Task.CompletedTask;
    }

    private static async Task SleepAsync() => await _loop.SleepAsync(_span);

    private static async Task DelayAsync() => await Task.Delay(_span);

    private static Task MeasureAsync(Rounds rounds, Func<Task> sleepAsync) => rounds.RepeatAsync(async () =>
    {
        // Long enough for all to be created before the first wakes.
        _span = TimeSpan.FromSeconds(Math.Max(3, rounds.Items / 100_000));
        var tasks = new Task[rounds.Items];
        long before = ProcessMemory.Peak();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < tasks.Length; i++) tasks[i] = sleepAsync();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (tasks[0].IsCompleted) throw new InvalidOperationException($"The first task woke before the last was created, in {seconds:0.0} s.");
        foreach (var task in tasks) await task;
        return [new(Rounds.MainFigure, (double)(ProcessMemory.Peak() - before) / tasks.Length), new("create s", seconds)];
    });
}
