namespace Braid.Benchmarks.Cases;

/// <summary>Work that costs nothing, so that what is measured is the way there and back.</summary>
internal static class Trivial
{
    internal static int AddOne(int x) => x + 1;

    /// <summary>The sum of <see cref="AddOne"/> over 0 … items - 1.</summary>
    internal static long Sum(int items) => (long)items * (items + 1) / 2;

    internal static long Sum(int[] results)
    {
        long sum = 0;
        foreach (int result in results) sum += result;
        return sum;
    }
}
