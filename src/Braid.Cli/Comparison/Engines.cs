namespace Braid.Cli.Comparison;

/// <summary>Makes the executor behind each row of the table. The only place that knows their classes.</summary>
internal static class Engines
{
    internal static Executor Create(EngineKind engine, int concurrency, Timeline timeline, TimeProvider timeProvider)
    {
        var name = engine.Title();
        return engine switch
        {
            EngineKind.Inline => new InlineExecutor(new ExecutorOptions { Name = name, Timeline = timeline, TimeProvider = timeProvider }),
            EngineKind.Threads => new ThreadExecutor(new ThreadOptions { Name = name, Threads = concurrency, Timeline = timeline, TimeProvider = timeProvider }),
            EngineKind.LockedThreads => new ThreadExecutor(new ThreadOptions
            {
                Name = name,
                Threads = concurrency,
                GlobalLock = new GlobalLock(),
                Timeline = timeline,
                TimeProvider = timeProvider,
            }),
            EngineKind.Processes => new ProcessExecutor(new ProcessOptions { Name = name, Workers = concurrency, Timeline = timeline, TimeProvider = timeProvider }),
            _ => new LoopExecutor(new LoopOptions
            {
                Name = name,
                MaxInFlight = concurrency,
                Timeline = timeline,
                TimeProvider = timeProvider,

                // That computing holds a loop is what the comparison shows; telling of it each time, with a stack, would be measured as well.
                SlowCallback = Timeout.InfiniteTimeSpan,
            }),
        };
    }
}
