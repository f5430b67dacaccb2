using System.Runtime.CompilerServices;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>Which settings of the garbage collector suit two workers on one machine: speed of work that allocates, and memory of its own before and after.</summary>
internal static class ProcessesGarbage
{
    private const int Workers = 2;
    private const int ObjectsOfAnItem = 16 * 1024;
    private const int Kept = 1024;
    private const double Mebibyte = 1024 * 1024;

    // What a worker keeps from item to item, as a cache would: the collector has something to promote.
    private static readonly byte[][] Cache = new byte[Kept][];

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "processes-garbage",
        Description = "Items that allocate 1 MiB of small objects each, on two worker processes whose .NET is set up in different ways. \"Idle\" and \"after\": a worker's private MiB after its first call and at the end.",
        Unit = "items/s",
        Items = 2000,
        Warmups = 1,
        Entrants =
        [
            Entrant.Ours("processes", rounds => RunAsync(rounds, [])),
            With("gcConcurrent=0"),
            With("gcServer=1"),
            With("gcServer=1", "GCHeapCount=1"),
            With("GCConserveMemory=5"),
            With("GCgen0size=400000"),
            With("GCgen0size=1000000"),
            With("TieredPGO=0"),
        ],
    };

    private static Entrant With(params string[] settings) => Entrant.DotNet(string.Join(", ", settings), rounds => RunAsync(rounds, settings));

    private static async Task RunAsync(Rounds rounds, string[] settings)
    {
        var variables = settings.Select(setting => setting.Split('=')).ToDictionary(parts => "DOTNET_" + parts[0], string? (parts) => parts[1]);
        await using var executor = new ProcessExecutor(new ProcessOptions { Workers = Workers, EnvironmentVariables = variables });
        var memory = Work.Of<int, long>(PrivateBytes);
        double idle = await executor.RunAsync(memory, 0) / Mebibyte;
        var work = Work.Of<int, int>(Allocate);
        var options = new MapOptions { MaxConcurrency = 16 };
        await rounds.RateAsync(async () =>
        {
            long sum = 0;
            await foreach (int result in executor.MapAsync(Enumerable.Range(0, rounds.Items), work, options)) sum += result;
            return sum;
        }, Trivial.Sum(rounds.Items));
        rounds.Beside("idle MiB", idle);
        rounds.Beside("after MiB", await executor.RunAsync(memory, 0) / Mebibyte);
    }

    /// <summary>16 Ki objects of 64 bytes, of which one in sixteen lives on until the next item takes its place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Allocate(int x)
    {
        for (int i = 0; i < ObjectsOfAnItem; i++)
        {
            byte[] bytes = new byte[40];
            if (i % 16 == 0) Cache[i / 16] = bytes;
        }

        return x + 1;
    }

    private static long PrivateBytes(int unused) => ProcessMemory.Private();
}
