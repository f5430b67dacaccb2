using System.Globalization;
using Braid.Processes;

namespace Braid;

/// <summary>How many processors this program may use, and what says so: the default of <see cref="ProcessOptions.Workers"/>, explained.</summary>
/// <remarks>
/// .NET's own count (<see cref="Environment.ProcessorCount"/>) is the affinity mask, which includes a cpuset, or the CPU quota of the control
/// group that the program is in, rounded up, whichever is less; DOTNET_PROCESSOR_COUNT, a decimal number, replaces both. It does not see
/// the quota of an outer group (a pod around a container, a slice around a service), so those are read here and the smallest one counts.
/// </remarks>
public sealed class CpuLimits
{
    private static readonly Lazy<CpuLimits> Known = new(static () => Of(Environment.ProcessorCount, Environment.GetEnvironmentVariable(CountVariable), ProcessorMask.Limit(), CgroupFiles.Read("/")));

    private const string CountVariable = "DOTNET_PROCESSOR_COUNT";
    private const int MostProcessors = 0xFFFF;

    private CpuLimits(int processorCount, bool isSet, IReadOnlyList<CpuLimit> limits)
    {
        ProcessorCount = processorCount;
        Limits = limits;

        // Rounded up, as .NET does: of one and a half processors, the half would be left unused.
        Workers = processorCount;
        if (isSet) return;
        foreach (var limit in limits) Workers = Math.Min(Workers, Math.Max(1, (int)Math.Ceiling(Math.Min(limit.Processors, MostProcessors))));
    }

    /// <summary>Read once, when first asked for, as .NET does: what changes while the program runs is not seen.</summary>
    public static CpuLimits Current => Known.Value;

    /// <summary>What .NET counts.</summary>
    public int ProcessorCount { get; }

    /// <summary>Worker processes by default: the smallest of all limits and of what .NET counts, 1 or more.</summary>
    public int Workers { get; }

    /// <summary>Everything that was read and limits something, in the order of reading.</summary>
    public IReadOnlyList<CpuLimit> Limits { get; }

    /// <summary>One line: the default, and what was read.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Workers} workers; .NET counts {ProcessorCount} processors; {(Limits.Count == 0 ? "no limits found" : string.Join("; ", Limits))}");

    /// <summary>Pure: from what was read to what it means.</summary>
    internal static CpuLimits Of(int processorCount, string? setting, CpuLimit? mask, IEnumerable<CpuLimit> groups)
    {
        // The range that .NET accepts; it ignores everything else.
        bool isSet = int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostProcessors;
        var limits = new List<CpuLimit>();
        if (isSet) limits.Add(new(CountVariable, count));
        if (mask is not null) limits.Add(mask);
        limits.AddRange(groups);
        return new(processorCount, isSet, limits);
    }
}

/// <summary>One limit on the processors of this program.</summary>
/// <param name="Source">Where it was read: a file, the affinity mask, a variable.</param>
/// <param name="Processors">So many processors' time; a quota may be 1.5.</param>
public sealed record CpuLimit(string Source, double Processors)
{
    /// <summary>The limit in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Source}: {Processors:0.###}");
}
