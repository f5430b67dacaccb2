using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What giving way to another task costs.</summary>
internal static class LoopSwitches
{
    private const int Tasks = 100;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "loop-switches",
        Description = "100 tasks on one thread that give way 1,000,000 times in all. Task.Yield on the pool uses all cores; a microtask never lets Node's own loop run.",
        Unit = "switches/s",
        Items = 1_000_000,
        Entrants =
        [
            Entrant.Ours("EventLoop.Yield", OnLoopAsync),
            Entrant.Ours("EventLoop, Task.Yield", OnLoopByTaskAsync),
            Entrant.DotNet("Task.Yield, simple context", OnContextAsync),
            Entrant.DotNet("Task.Yield, pool", OnPoolAsync),
            Entrant.Go("Gosched, one processor", "loop-switches") with { Environment = new Dictionary<string, string> { ["GOMAXPROCS"] = "1" } },
            Entrant.Rust("tokio yield_now, current_thread", "loop-switches"),
            Entrant.Node("await of a microtask", "loop", "microtask"),
            Entrant.Node("setImmediate", "loop", "immediate"),
            Entrant.Python("asyncio.sleep(0)", "loop", "asyncio") with { Warmups = 1 },
            Entrant.Python("asyncio.sleep(0) on uvloop", "loop", "uvloop") with { Warmups = 1 },
        ],
    };

    private static Task OnLoopAsync(Rounds rounds) => MeasureAsync(rounds, () => Task.FromResult(EventLoop.Run(_ => SwitchAllAsync(rounds, YieldToLoopAsync))));

    private static Task OnLoopByTaskAsync(Rounds rounds) => MeasureAsync(rounds, () => Task.FromResult(EventLoop.Run(_ => SwitchAllAsync(rounds, YieldAsync))));

    private static Task OnContextAsync(Rounds rounds) => MeasureAsync(rounds, () => Task.FromResult(SimpleContext.Run(() => SwitchAllAsync(rounds, YieldAsync))));

    private static Task OnPoolAsync(Rounds rounds) => MeasureAsync(rounds, () => SwitchAllAsync(rounds, YieldAsync));

    private static Task MeasureAsync(Rounds rounds, Func<Task<long>> roundAsync) => rounds.RateAsync(roundAsync, expected: rounds.Items / Tasks * Tasks);

    private static async Task<long> SwitchAllAsync(Rounds rounds, Func<int, Task<int>> switchAsync)
    {
        var tasks = new Task<int>[Tasks];
        for (int i = 0; i < Tasks; i++) tasks[i] = switchAsync(rounds.Items / Tasks);
        return Trivial.Sum(await Task.WhenAll(tasks));
    }

    private static async Task<int> YieldToLoopAsync(int times)
    {
        int done = 0;
        for (; done < times; done++) await EventLoop.Yield();
        return done;
    }

    private static async Task<int> YieldAsync(int times)
    {
        int done = 0;
        for (; done < times; done++) await Task.Yield();
        return done;
    }
}
