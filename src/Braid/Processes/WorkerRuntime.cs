namespace Braid.Processes;

/// <summary>How the .NET runtime of a worker is set up: for several processes on one machine instead of one. The one place to change it.</summary>
/// <remarks>
/// Set before <see cref="ProcessOptions.EnvironmentVariables"/>, which have the last word. Measured by `benchmarks processes-garbage` and, for
/// the start, `benchmarks start`, and not set, because each of them trades one thing for another (a worker inherits what its parent's
/// environment says):
/// <list type="bullet">
/// <item><description>DOTNET_gcConcurrent=0: a tenth less processor time, which is within the noise; generation 2 then stops the work, for long where a worker holds much.</description></item>
/// <item><description>DOTNET_GCgen0size=400000 (hexadecimal, 4 MiB): half the memory of work that allocates, a sixth more processor time. By default a worker's first generation takes the whole shared cache.</description></item>
/// <item><description>DOTNET_GCConserveMemory=5 (of 9): no difference where little is kept.</description></item>
/// <item><description>DOTNET_TieredPGO=0, DOTNET_EnableWriteXorExecute=0, DOTNET_EnableDiagnostics=0: a start takes 2 of 90 ms of a processor less, or nothing.</description></item>
/// <item><description>DOTNET_TieredCompilation=0: a start takes an eighth more.</description></item>
/// <item><description>DOTNET_TC_CallCountingDelayMs=0, DOTNET_TC_QuickJitForLoops=0, DOTNET_TieredPGO=0: a new worker's first second of `benchmarks primes` is no faster than the machine's own changes.</description></item>
/// </list>
/// Not measured:
/// <list type="bullet">
/// <item><description>DOTNET_GCHeapAffinitizeMask, DOTNET_GCHeapCount: for server collections only, where each worker should have few heaps.</description></item>
/// <item><description>DOTNET_GCHeapHardLimit (hexadecimal): an OutOfMemoryException in the work, before MemoryLimit kills the worker.</description></item>
/// <item><description>DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0: the pool threads of idle workers sleep sooner.</description></item>
/// </list>
/// </remarks>
internal static class WorkerRuntime
{
    private static readonly (string Name, string Value)[] Settings =
    [
        // Server GC makes a heap and a thread per core in every process: with a worker per core that is cores × cores of both. On two cores
        // it took a third more processor time (`benchmarks processes-garbage`).
        ("DOTNET_gcServer", "0"),
    ];

    internal static void WriteTo(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Settings) environment[name] = value;
    }
}
