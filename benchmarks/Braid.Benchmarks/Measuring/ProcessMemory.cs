using System.Globalization;

namespace Braid.Benchmarks.Measuring;

/// <summary>The memory of this process in bytes, as Linux tells it.</summary>
internal static class ProcessMemory
{
    /// <summary>The most that it has had. Not getrusage's figure: that begins with the parent's.</summary>
    internal static long Peak() => Read("/proc/self/status", "VmHWM:");

    /// <summary>What it does not share with other processes.</summary>
    internal static long Private() => Read("/proc/self/smaps_rollup", "Private_");

    // The sum of the fields whose names begin so; each is in kilobytes.
    private static long Read(string file, string field)
    {
        if (!OperatingSystem.IsLinux()) throw new SkipException("Memory is read from /proc.");
        string[] lines = [.. File.ReadLines(file).Where(line => line.StartsWith(field, StringComparison.Ordinal))];
        if (lines.Length == 0) throw new InvalidOperationException($"{file} has no field '{field}'.");
        return 1024 * lines.Sum(line => long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }
}
