using System.Globalization;
using Braid.Cli.Arguments;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Works;

/// <summary>The CPU-bound built-in work.</summary>
internal static class Primes
{
    // 20 to 30 ms an item, some 1.6 s in all: long enough that the last item, which runs alone, and what workers still compile are a few percent
    // of it; short enough to be repeated in turns.
    private const int Items = 64;
    private const int FirstLimit = 250_000;
    private const int Step = 1_200;

    internal static StartedWork Start() => new(
        LoadedWork.Of(Work.Of<int, int>(CountBelow, "primes")),
        [.. Enumerable.Range(0, Items).Select(static i => new InputLine((FirstLimit + i * Step).ToString(CultureInfo.InvariantCulture), "primes"))]);

    /// <summary>How many primes there are below the limit, by trial division.</summary>
    internal static int CountBelow(int limit)
    {
        var count = limit > 2 ? 1 : 0;
        for (var candidate = 3; candidate < limit; candidate += 2)
        {
            if (IsPrime(candidate)) count++;
        }

        return count;
    }

    private static bool IsPrime(int odd)
    {
        for (var divisor = 3; (long)divisor * divisor <= odd; divisor += 2)
        {
            if (odd % divisor == 0) return false;
        }

        return true;
    }
}
