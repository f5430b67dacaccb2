using Braid.Cli.Comparison;

namespace Braid.Cli.Tests.Support;

/// <summary>Rows as if they had been measured.</summary>
internal static class Rows
{
    internal static EngineRow Inline(double wallSeconds, double cpuSeconds, long? transferred = 0) => new(EngineKind.Inline)
    {
        Concurrency = 1,
        Turns = 1,
        Wall = TimeSpan.FromSeconds(wallSeconds),
        CpuTime = TimeSpan.FromSeconds(cpuSeconds),
        Speedup = 1,
        TransferredBytes = transferred,
    };

    internal static EngineRow Of(EngineKind engine, double wallSeconds, EngineRow inline) => new(engine)
    {
        Concurrency = 2,
        Turns = 1,
        Wall = TimeSpan.FromSeconds(wallSeconds),
        Speedup = inline.Wall.TotalSeconds / wallSeconds,
        StartUp = TimeSpan.FromMilliseconds(100),
    };
}
