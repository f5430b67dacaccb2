using System.Globalization;

namespace Braid.Benchmarks.Measuring;

/// <summary>The most memory that this process has had.</summary>
internal static class PeakMemory
{
    private const string Field = "VmHWM:";

    /// <summary>Not getrusage's figure: that begins with the parent's.</summary>
    internal static long Read()
    {
        if (!OperatingSystem.IsLinux()) throw new SkipException("Peak memory is read from /proc.");
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
