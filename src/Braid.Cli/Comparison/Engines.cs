namespace Braid.Cli.Comparison;

/// <summary>Makes the executor behind each row of the table. The only place that knows their classes.</summary>
internal static class Engines
{
    internal static Executor Create(EngineKind engine, int concurrency, Timeline timeline, TimeProvider timeProvider) => engine switch
    {
        EngineKind.Inline => new InlineExecutor(new ExecutorOptions { Name = engine.Title(), Timeline = timeline, TimeProvider = timeProvider }),
        _ => new InlineExecutor(new ExecutorOptions { Name = engine.Title(), Timeline = timeline, TimeProvider = timeProvider }),
    };
}
