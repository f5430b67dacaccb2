using Braid.Items;
using Xunit;

namespace Braid.Tests.Items;

public sealed class StreamingMedianTests
{
    [Fact]
    public void Few_values_have_their_exact_median()
    {
        var median = new StreamingMedian();
        Assert.Equal(0, median.Value);
        median.Add(9);
        Assert.Equal(9, median.Value);
        foreach (double value in new double[] { 1, 5, 7, 3 }) median.Add(value);
        Assert.Equal(5, median.Value);
    }

    [Fact]
    public void Equal_values_have_themselves()
    {
        var median = new StreamingMedian();
        for (int i = 0; i < 1000; i++) median.Add(42);
        Assert.Equal(42, median.Value);
        Assert.Equal(1000, median.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_values_have_about_their_median_also_with_a_long_tail(int seed)
    {
        var random = new Random(seed);
        var median = new StreamingMedian();
        var values = new List<double>();
        for (int i = 0; i < 10_000; i++)
        {
            double value = -Math.Log(1 - random.NextDouble()) * 100;
            values.Add(value);
            median.Add(value);
        }

        values.Sort();
        double exact = values[values.Count / 2];
        Assert.InRange(median.Value, exact * 0.95, exact * 1.05);
    }

    /// <summary>The example of the paper: after 20 observations the estimate is 4.44.</summary>
    [Fact]
    public void The_example_of_the_paper_comes_out_as_there()
    {
        double[] observations = [0.02, 0.15, 0.74, 3.39, 0.83, 22.37, 10.15, 15.43, 38.62, 15.92, 34.60, 10.28, 1.47, 0.40, 0.05, 11.39, 0.27, 0.42, 0.09, 11.37];
        var median = new StreamingMedian();
        foreach (double observation in observations) median.Add(observation);
        Assert.Equal(4.44, median.Value, 0.01);
    }
}
