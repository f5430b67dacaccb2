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

    /// <summary>Levenshtein's distance with Damerau's addition: letters to insert, delete or change, and neighbours to swap (once).</summary>
    private static int Distance(string left, string right)
    {
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var row = 0; row <= left.Length; row++)
        {
            for (var column = 0; column <= right.Length; column++) distances[row, column] = Least(row, column);
        }

        return distances[left.Length, right.Length];

        int Least(int row, int column)
        {
            if (row == 0 || column == 0) return row + column;
            var isSame = left[row - 1] == right[column - 1];
            var least = Math.Min(distances[row - 1, column - 1] + (isSame ? 0 : 1), Math.Min(distances[row - 1, column], distances[row, column - 1]) + 1);
            var isSwapped = row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
            return isSwapped ? Math.Min(least, distances[row - 2, column - 2] + 1) : least;
        }
    }
}
