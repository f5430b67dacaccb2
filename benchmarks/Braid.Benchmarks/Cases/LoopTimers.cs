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
            Entrant.Ours("SleepAsync, a task each", rounds => OnLoop(loop => MeasureTasksAsync(rounds, span => loop.SleepAsync(span)))),
            Entrant.Ours("TimeProvider.CreateTimer", rounds => OnLoop(loop => MeasureCallbacksAsync(rounds, loop.TimeProvider))),
            Entrant.DotNet("Task.Delay, a task each", rounds => MeasureTasksAsync(rounds, static span => new ValueTask(Task.Delay(span)))),
            Entrant.DotNet("TimeProvider.CreateTimer, pool", rounds => MeasureCallbacksAsync(rounds, TimeProvider.System)),
            Entrant.C("binary heap", "timers", "heap"),
            Entrant.Rust("tokio, current_thread, a task each", "loop-timers"),
            Entrant.Go("AfterFunc", "loop-timers"),
            Entrant.Node("setTimeout", "timers", "timeout"),
            Entrant.Python("asyncio.call_later", "timers", "asyncio") with { Items = Few },
            Entrant.Python("asyncio.call_later on uvloop", "timers", "uvloop") with { Items = Few },
        ],
    };

    private static Task OnLoop(Func<EventLoop, Task> measureAsync)
    {
        EventLoop.Run(_ => measureAsync(EventLoop.Current!));
        return Task.CompletedTask;
    }

    private static Task MeasureTasksAsync(Rounds rounds, Func<TimeSpan, ValueTask> sleepAsync) => MeasureAsync(rounds, async (dues, late) =>
    {
        var tasks = new Task[late.Length];
        for (int i = 0; i < tasks.Length; i++) tasks[i] = WaitAsync(sleepAsync, dues.Next(), late, i);
        foreach (var task in tasks) await task;
    });

    private static Task MeasureCallbacksAsync(Rounds rounds, TimeProvider clock) => MeasureAsync(rounds, async (dues, late) =>
    {
        var countdown = new Countdown(late);
        var timers = new ITimer[late.Length];
        for (int i = 0; i < timers.Length; i++)
        {
            long due = dues.Next();
            timers[i] = clock.CreateTimer(static state => ((Alarm)state!).Ring(), new Alarm(countdown, i, due), Until(due), Timeout.InfiniteTimeSpan);
        }

        await countdown.Done;
        GC.KeepAlive(timers);
    });

    private static Task MeasureAsync(Rounds rounds, Func<Dues, double[], Task> setAllAsync) => rounds.RepeatAsync(async () =>
    {
        double[] late = new double[rounds.Items];
        var cpu = Environment.CpuUsage.TotalTime;
        await setAllAsync(new Dues(rounds.Items), late);
        double microseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
        Array.Sort(late);
        return [new(Rounds.MainFigure, microseconds / late.Length), new("p99 late ms", late[late.Length / 100 * 99]), new("most late ms", late[^1])];
    });

    private static async Task WaitAsync(Func<TimeSpan, ValueTask> sleepAsync, long due, double[] late, int index)
    {
        await sleepAsync(Until(due));
        late[index] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
    }

    // Where setting took longer than its time, the first ones are overdue already; -1 ms stands for "for ever".
    private static TimeSpan Until(long due) => Stopwatch.GetElapsedTime(Math.Min(Stopwatch.GetTimestamp(), due), due);

    /// <summary>The same times for all, from the first that is set.</summary>
    private sealed class Dues(int count)
    {
        // Time to set them all: how long that takes must not make them late.
        private readonly long _begin = Stopwatch.GetTimestamp() + (long)(Math.Max(1, count * 2e-6) * Stopwatch.Frequency);
        private uint _random = 1;

        internal long Next()
        {
            _random = unchecked((_random * 1664525) + 1013904223);
            return _begin + (long)((_random >> 8) % 1_000_000 / 1e6 * Stopwatch.Frequency);
        }
    }

    private sealed class Alarm(Countdown countdown, int index, long due)
    {
        internal void Ring() => countdown.Note(index, Stopwatch.GetElapsedTime(due).TotalMilliseconds);
    }

    private sealed class Countdown(double[] late)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = late.Length;

        internal Task Done => _done.Task;

        internal void Note(int index, double milliseconds)
        {
            late[index] = milliseconds;
            if (Interlocked.Decrement(ref _left) == 0) _done.SetResult();
        }
    }
}
