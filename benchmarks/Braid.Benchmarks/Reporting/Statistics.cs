namespace Braid.Benchmarks.Reporting;

/// <summary>The little arithmetic there is.</summary>
internal static class Statistics
{
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>How many times as good as theirs ours is: above 1 we are ahead, whatever the unit.</summary>
    internal static double Advantage(double ours, double theirs, Better better) => better == Better.Higher ? ours / theirs : theirs / ours;

    /// <summary>The median of the advantages in each round: what moved both in a round drops out.</summary>
    internal static double AdvantageByRound(IReadOnlyList<double> ours, IReadOnlyList<double> theirs, Better better) =>
        Median(ours.Zip(theirs, (our, their) => Advantage(our, their, better)));
}
