namespace Braid.Cli.Comparison;

/// <summary>The few statistics that the table needs.</summary>
internal static class Statistics
{
    internal static TimeSpan Median(IEnumerable<TimeSpan> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return TimeSpan.Zero;
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The value that a share of all values do not exceed (nearest rank). Zero when there are none.</summary>
    internal static TimeSpan Percentile(IEnumerable<TimeSpan> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    internal static TimeSpan Mean(IReadOnlyCollection<TimeSpan> values) =>
        values.Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)values.Average(static value => value.Ticks));
}
