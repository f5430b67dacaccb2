using System.Diagnostics;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Wire;

public sealed class EncodingCostTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    [Fact]
    public void Encoding_that_takes_longer_than_the_work_is_told_once()
    {
        var cost = new EncodingCost();
        int told = 0;
        for (int call = 1; call <= 100; call++)
        {
            if (cost.IsSample()) cost.Add(encoding: 3 * Millisecond, work: 5 * Millisecond);
            if (!cost.TryTell(out var encoding, out var work)) continue;
            told++;

            // Both sides encode; 17 measured calls make 50 ms.
            Assert.Equal(18, call);
            Assert.Equal((6, 5), (encoding.TotalMilliseconds, work.TotalMilliseconds));
        }

        Assert.Equal(1, told);
    }

    [Theory]
    [InlineData(2, 5, 1000)] // The work takes longer.
    [InlineData(50, 1, 5)] // A few slow calls.
    [InlineData(1, 0, 40)] // Nobody would notice.
    public void What_costs_little_is_not_told(int encoding, int work, int calls)
    {
        var cost = new EncodingCost();
        for (int call = 0; call < calls; call++)
        {
            if (cost.IsSample()) cost.Add(encoding * Millisecond, work * Millisecond);
            Assert.False(cost.TryTell(out _, out _));
        }
    }

    [Fact]
    public void Of_many_calls_one_in_sixteen_is_measured_and_stands_for_the_others()
    {
        var cost = new EncodingCost();
        int samples = 0;
        for (int call = 1; call <= 64 + 1600; call++)
        {
            if (!cost.IsSample()) continue;
            samples++;
            cost.Add(Millisecond / 10, 0);
        }

        Assert.Equal(63 + 100, samples);
        Assert.True(cost.TryTell(out var encoding, out var work));
        Assert.Equal((0.2, 0), (encoding.TotalMilliseconds, work.TotalMilliseconds));
    }
}
