using System.Collections;
using Braid.Cli.Arguments;

namespace Braid.Cli.Comparison;

/// <summary>An item whose result on one engine is not the one of the inline run.</summary>
internal sealed record Difference(EngineKind Engine, int Index, string Expected, string Actual)
{
    /// <summary>The first difference, or null. Items that failed in either run are reported as failures, not here.</summary>
    internal static Difference? FindFirst(EngineKind engine, IReadOnlyList<ItemEnd> expected, IReadOnlyList<ItemEnd> actual)
    {
        for (var index = 0; index < Math.Min(expected.Count, actual.Count); index++)
        {
            var (inline, other) = (expected[index], actual[index]);
            if (inline.Exception is not null || other.Exception is not null || AreEqual(inline.Result, other.Result)) continue;
            return new Difference(engine, index, ResultWriter.WriteShort(inline.Result), ResultWriter.WriteShort(other.Result));
        }

        return null;
    }

    // Arrays and classes without Equals are equal when they are written alike; in another process they are other objects anyway, and what was
    // an array here may have become a list there if the work promises neither.
    private static bool AreEqual(object? left, object? right) =>
        Equals(left, right) || (AreAlike(left, right) && ResultWriter.Write(left) == ResultWriter.Write(right));

    private static bool AreAlike(object? left, object? right) =>
        left?.GetType() == right?.GetType() || (left is IEnumerable and not string && right is IEnumerable and not string);
}
