using Braid.Processes;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class WatchTimerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private int _looks;

    [Fact]
    public void What_comes_while_a_watch_looks_makes_it_look_again()
    {
        WatchTimer? timer = null;
        using (timer = new(_time, () =>
        {
            if (_looks++ == 0) timer!.Set(Interval);
        }))
        {
            timer.Set(Interval);
            for (int i = 0; i < 3; i++) _time.Advance(Interval);
            Assert.Equal(2, _looks);
        }
    }

    [Fact]
    public void A_watch_that_is_to_look_already_is_not_put_off()
    {
        using var timer = new WatchTimer(_time, () => _looks++);
        timer.Set(Interval);
        timer.Set(10 * Interval);
        _time.Advance(Interval);
        Assert.Equal(1, _looks);
        _time.Advance(10 * Interval);
        Assert.Equal(1, _looks);
    }

    [Fact]
    public void A_watch_that_is_disposed_never_looks()
    {
        var timer = new WatchTimer(_time, () => _looks++);
        timer.Set(Interval);
        timer.Dispose();
        timer.Set(Interval);
        _time.Advance(Interval);
        Assert.Equal(0, _looks);
        Assert.Equal(0, _time.Armed);
    }
}
