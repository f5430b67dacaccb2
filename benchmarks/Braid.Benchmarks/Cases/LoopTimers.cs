using System.Diagnostics;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What a timer costs, and how late it is among very many.</summary>
internal static class LoopTimers
{
    private const int Few = 200_000;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "loop-timers",
        Description = "1,000,000 timers that come due within one second, in the same random order for all, after all have been set (CPython: 200,000): processor time for one, from the first that is set to the last that has fired; besides how late they were. Tasks, where it says so; callbacks else.",
        Unit = "CPU µs/timer",
        Better = Better.Lower,
        Items = 1_000_000,
        Warmups = 1,
        Counted = 2,
        Entrants =
        [
            Entrant.Ours("SleepAsync, a task each", OnLoopAsync),
            Entrant.DotNet("Task.Delay, a task each", rounds => MeasureAsync(rounds, static span => new ValueTask(Task.Delay(span)))),
            Entrant.C("binary heap", "timers", "heap"),
            Entrant.Rust("tokio, current_thread, a task each", "loop-timers"),
            Entrant.Go("AfterFunc", "loop-timers"),
            Entrant.Node("setTimeout", "timers", "timeout"),
            Entrant.Python("asyncio.call_later", "timers", "asyncio") with { Items = Few },
            Entrant.Python("asyncio.call_later on uvloop", "timers", "uvloop") with { Items = Few },
        ],
    };

    private static Task OnLoopAsync(Rounds rounds)
    {
        EventLoop.Run(_ =>
        {
            var loop = EventLoop.Current!;
            return MeasureAsync(rounds, span => loop.SleepAsync(span));
        });
        return Task.CompletedTask;
    }

    private static Task MeasureAsync(Rounds rounds, Func<TimeSpan, ValueTask> sleepAsync) => rounds.RepeatAsync(async () =>
    {
        double[] late = new double[rounds.Items];
        var tasks = new Task[rounds.Items];
        var cpu = Environment.CpuUsage.TotalTime;

        // Time to set them all: how long that takes must not make them late.
        double lead = Math.Max(1, rounds.Items * 2e-6);
        long start = Stopwatch.GetTimestamp();
        uint random = 1;
        for (int i = 0; i < tasks.Length; i++)
        {
            random = unchecked((random * 1664525) + 1013904223);
            long due = start + (long)((lead + ((random >> 8) % 1_000_000 / 1e6)) * Stopwatch.Frequency);
            tasks[i] = WaitAsync(sleepAsync, due, late, i);
        }

        foreach (var task in tasks) await task;
        double microseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
        Array.Sort(late);
        return [new(Rounds.MainFigure, microseconds / tasks.Length), new("p99 late ms", late[tasks.Length / 100 * 99]), new("most late ms", late[^1])];
    });

    private static async Task WaitAsync(Func<TimeSpan, ValueTask> sleepAsync, long due, double[] late, int index)
    {
        // Where setting took longer than its time, the first ones are overdue already; Task.Delay takes -1 ms for "for ever".
        await sleepAsync(Stopwatch.GetElapsedTime(Math.Min(Stopwatch.GetTimestamp(), due), due));
        late[index] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
    }
}
