namespace Braid.Processes;

/// <summary>How the .NET runtime of a worker is set up: for several processes on one machine instead of one. The one place to change it.</summary>
/// <remarks>
/// Set before <see cref="ProcessOptions.EnvironmentVariables"/>, which have the last word. Not set, and worth measuring before it is
/// (each of them trades one thing for another, and a worker inherits what its parent's environment says):
/// <list type="bullet">
/// <item><description>DOTNET_gcConcurrent=0: no background collector thread in each worker; generation 2 then stops the work.</description></item>
/// <item><description>DOTNET_GCHeapAffinitizeMask, DOTNET_GCHeapCount: for server collections only, where each worker should have few heaps.</description></item>
/// <item><description>DOTNET_GCConserveMemory=5 (of 9): compacts more often; smaller workers, longer pauses.</description></item>
/// <item><description>DOTNET_GCgen0size (hexadecimal): a first generation that fits a processor's own share of the shared cache; by default each worker takes the whole cache for its own.</description></item>
/// <item><description>DOTNET_GCHeapHardLimit (hexadecimal): an OutOfMemoryException in the work, before MemoryLimit kills the worker.</description></item>
/// <item><description>DOTNET_TieredPGO=0, DOTNET_TieredCompilation=0, DOTNET_TC_QuickJitForLoops=0, DOTNET_ReadyToRun=0: code is best sooner or later; matters for workers that are recycled often.</description></item>
/// <item><description>DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0: the pool threads of idle workers sleep sooner.</description></item>
/// </list>
/// </remarks>
internal static class WorkerRuntime
{
    private static readonly (string Name, string Value)[] Settings =
    [
        // Server GC makes a heap and a thread per core in every process: with a worker per core that is cores × cores of both.
        ("DOTNET_gcServer", "0"),
    ];

    internal static void WriteTo(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Settings) environment[name] = value;
    }
}
