using Braid.Cli.Comparison;

namespace Braid.Cli.Output;

/// <summary>What is said about results between which no difference was found.</summary>
internal static class Equality
{
    /// <summary>Null: items failed, differed, or ran on one engine only.</summary>
    internal static string? Of(WorkComparison comparison)
    {
        if (comparison.Failures.Count > 0 || comparison.Rows.Count(static row => row.IsMeasured) < 2 || comparison.AreResultsEqual == false) return null;
        return comparison.Incomparable is { } type
            ? $"Whether all engines gave equal results is not known: a {type} does not show what it holds. Return that instead, for example a text, a number, or an array."
            : "All engines gave equal results.";
    }
}
