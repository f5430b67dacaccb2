using System.Runtime.InteropServices;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Reporting;

/// <summary>Where and with what the figures were measured; without it they mean nothing.</summary>
internal sealed record Machine
{
    private const string Unknown = "unknown";
    private const string KernelFile = "/proc/sys/kernel/osrelease";

    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    public required DateTime Date { get; init; }

    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required string Memory { get; init; }

    public required string Kernel { get; init; }

    public required string System { get; init; }

    public required string Sdk { get; init; }

    /// <summary>The short commit.</summary>
    public required string Commit { get; init; }

    /// <summary>Whether files under version control differ from the commit, other than results.</summary>
    public required bool IsDirty { get; init; }

    internal static async Task<Machine> DescribeAsync() => new()
    {
        Date = DateTime.UtcNow,
        Processor = Field("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Cores = Environment.ProcessorCount,
        Memory = $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024:0} GiB",
        Kernel = File.Exists(KernelFile) ? $"Linux {(await File.ReadAllTextAsync(KernelFile)).Trim()}" : RuntimeInformation.OSDescription,
        System = Field("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription,
        Sdk = await SaidByAsync("dotnet", "--version") ?? Unknown,
        Commit = await SaidByAsync("git", "rev-parse", "--short=10", "HEAD") ?? Unknown,
        IsDirty = await SaidByAsync("git", "status", "--porcelain", "--", ".", ":!benchmarks/results") is { Length: > 0 },
    };

    private static string? Field(string file, string name, char separator)
    {
        if (!File.Exists(file)) return null;
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOf(separator) + 1)..].Trim();
    }

    private static async Task<string?> SaidByAsync(string program, params string[] arguments)
    {
        try
        {
            var result = await ChildProcess.RunAsync(program, arguments, new Dictionary<string, string>(), CommandLimit);
            return result.ExitCode == 0 ? result.Output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // Not installed.
        }
    }
}
