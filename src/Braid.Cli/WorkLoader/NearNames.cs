namespace Braid.Cli.WorkLoader;

/// <summary>Finds what somebody who mistyped a name may have meant.</summary>
internal static class NearNames
{
    private const int Most = 3;

    /// <summary>The names within a third of the typed length, nearest first.</summary>
    internal static IReadOnlyList<string> Of(string typed, IEnumerable<string> names) =>
    [
        .. names.Distinct().Select(name => (Name: name, Distance: Distance(typed.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(near => near.Distance <= Math.Max(1, typed.Length / 3))
            .OrderBy(static near => near.Distance).ThenBy(static near => near.Name, StringComparer.Ordinal).Take(Most).Select(static near => near.Name),
    ];

    /// <summary>Levenshtein's distance: letters to insert, delete or change.</summary>
    private static int Distance(string left, string right)
    {
        var above = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var row = 1; row <= left.Length; row++)
        {
            var current = new int[right.Length + 1];
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var changed = above[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(changed, Math.Min(above[column], current[column - 1]) + 1);
            }

            above = current;
        }

        return above[^1];
    }
}
