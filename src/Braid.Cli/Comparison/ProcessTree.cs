using System.Globalization;

namespace Braid.Cli.Comparison;

/// <summary>Processor time and memory of this process and all it has started. On Linux from /proc; elsewhere of this process alone.</summary>
internal static class ProcessTree
{
    // The unit of times in /proc/<pid>/stat; Linux has used 100 a second towards programs since ever, on every architecture .NET runs on.
    private const double TicksPerSecond = 100;

    internal static bool SeesChildren => OperatingSystem.IsLinux();

    /// <summary>Processor time so far, user and system; children that have ended are included once they have been reaped.</summary>
    internal static TimeSpan CpuTime(IReadOnlyList<int> children)
    {
        var own = Environment.CpuUsage.TotalTime;
        if (!SeesChildren) return own;
        var ended = ReadStat("self") is { } self ? self.EndedChildren : 0;
        return own + TimeSpan.FromSeconds((ended + children.Sum(static pid => ReadStat(Text(pid)) is { } stat ? stat.Own + stat.EndedChildren : 0)) / TicksPerSecond);
    }

    /// <summary>Memory in RAM now. Pages that processes share are counted in each, as every process viewer does.</summary>
    internal static long ResidentBytes(IReadOnlyList<int> children) =>
        SeesChildren ? ReadResident("self") + children.Sum(static pid => ReadResident(Text(pid))) : Environment.WorkingSet;

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
    /// How long this process' threads were ready to run and had no processor: on a busy machine that is not the work's own waiting. Zero where
    /// the system does not tell.
    /// </summary>
    internal static TimeSpan ProcessorWait()
    {
        if (!SeesChildren) return TimeSpan.Zero;
        long nanoseconds = 0;
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
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
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var pid) || ReadStat(Text(pid)) is not { } stat) continue;
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

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);

    private static Stat? ReadStat(string pid)
    {
        if (ReadFile($"/proc/{pid}/stat") is not { } text) return null;

        // The name in parentheses may hold spaces and parentheses; what follows the last one has fixed places (proc(5)).
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new Stat(int.Parse(fields[1], CultureInfo.InvariantCulture), Sum(fields[11], fields[12]), Sum(fields[13], fields[14]));
    }

    private static long Sum(string user, string system) => long.Parse(user, CultureInfo.InvariantCulture) + long.Parse(system, CultureInfo.InvariantCulture);

    private static long ReadResident(string pid) =>
        ReadFile($"/proc/{pid}/statm") is { } text ? long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } text ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A process may end at any time; then it has neither time nor memory.
            return null;
        }
    }

    private readonly record struct Stat(int Parent, long Own, long EndedChildren);
}
