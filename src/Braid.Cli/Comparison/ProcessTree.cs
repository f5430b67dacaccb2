using System.Globalization;
using Braid.Posix;
using Braid.Processes;

namespace Braid.Cli.Comparison;

/// <summary>Processor time and memory of this process and all it has started. On Linux from /proc; elsewhere of this process alone.</summary>
internal static class ProcessTree
{
    // The unit of times in /proc/<pid>/stat; Linux has used 100 a second towards programs since ever, on every architecture .NET runs on.
    private const double TicksPerSecond = 100;

    // The thread on which .NET compiles what is used often, as /proc names it: its standing in line holds no item up.
    private const string Compiler = ".NET Tiered Com";

    internal static bool SeesChildren => OperatingSystem.IsLinux();

    /// <summary>Processor time so far, user and system; children that have ended are included once they have been reaped.</summary>
    internal static TimeSpan CpuTime(IReadOnlyList<int> children)
    {
        var own = Environment.CpuUsage.TotalTime;
        if (!SeesChildren) return own;
        var ended = ReadStat(Environment.ProcessId) is { } self ? self.EndedChildren : 0;
        return own + TimeSpan.FromSeconds((ended + children.Sum(static pid => ReadStat(pid) is { } stat ? stat.Own + stat.EndedChildren : 0)) / TicksPerSecond);
    }

    /// <summary>Memory in RAM now. Pages that processes share are counted in each, as every process viewer does.</summary>
    internal static long ResidentBytes(IReadOnlyList<int> children) =>
        ResidentMemory.Of(Environment.ProcessId) + children.Sum(ResidentMemory.Of);

    /// <summary>Bytes that this process has read and written through system calls, from files and pipes, cached or not; null where that is not told.</summary>
    internal static long? TransferredBytes()
    {
        if (!SeesChildren) return null;
        try
        {
            return File.ReadLines("/proc/self/io").Where(static line => line.StartsWith("rchar:", StringComparison.Ordinal) || line.StartsWith("wchar:", StringComparison.Ordinal))
                .Sum(static line => long.Parse(line.AsSpan(6), CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// How long this process' threads, but the compiler's, were ready to run and had no processor: on a busy machine that is not the work's own
    /// waiting. Zero where the system does not tell.
    /// </summary>
    internal static TimeSpan ProcessorWait()
    {
        if (!SeesChildren) return TimeSpan.Zero;
        long nanoseconds = 0;
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (ReadFile($"{thread}/comm")?.TrimEnd() == Compiler) continue;

            // Time on a processor, time in line for one, number of turns.
            if (ReadFile($"{thread}/schedstat")?.Split(' ') is [_, var waited, ..] && long.TryParse(waited, CultureInfo.InvariantCulture, out var value)) nanoseconds += value;
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1e3);
    }

    /// <summary>All processes that descend from this one.</summary>
    internal static IReadOnlyList<int> Descendants()
    {
        if (!SeesChildren) return [];
        var childrenOf = new Dictionary<int, List<int>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var pid) || ReadStat(pid) is not { } stat) continue;
            if (!childrenOf.TryGetValue(stat.Parent, out var children)) childrenOf[stat.Parent] = children = [];
            children.Add(pid);
        }

        var found = new List<int>();
        Collect(Environment.ProcessId, childrenOf, found);
        return found;
    }

    private static void Collect(int parent, Dictionary<int, List<int>> childrenOf, List<int> found)
    {
        if (!childrenOf.Remove(parent, out var children)) return;
        foreach (var child in children)
        {
            found.Add(child);
            Collect(child, childrenOf, found);
        }
    }

    private static Stat? ReadStat(int pid) => ProcessStatus.Of(pid) is { } fields
        ? new Stat(
            int.Parse(fields[ProcessStatus.Parent], CultureInfo.InvariantCulture),
            Sum(fields[ProcessStatus.UserTime], fields[ProcessStatus.SystemTime]),
            Sum(fields[ProcessStatus.EndedChildrenUserTime], fields[ProcessStatus.EndedChildrenSystemTime]))
        : null;

    private static long Sum(string user, string system) => long.Parse(user, CultureInfo.InvariantCulture) + long.Parse(system, CultureInfo.InvariantCulture);

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } text ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A thread may end at any time.
            return null;
        }
    }

    private readonly record struct Stat(int Parent, long Own, long EndedChildren);
}
