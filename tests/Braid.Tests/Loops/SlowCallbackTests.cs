using Xunit;

namespace Braid.Tests.Loops;

/// <summary>A callback holds the loop until the report about it is heard: that the report comes meanwhile is what ends the test.</summary>
public sealed class SlowCallbackTests : LoopTest
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    private readonly WarningLog _log = new();
    private readonly string _name = WarningLog.NewLoopName();

    [Fact]
    public void An_async_method_that_holds_the_loop_is_reported_while_it_does()
    {
        var timeline = new Timeline();
        Run(async () => await HoldAsync(), Options(timeline));
        var told = timeline.Events.First(e => e.Name == "Braid.Tests.Loops.SlowCallbackTests.HoldAsync");
        Assert.Equal((TracePhase.SlowCallback, 0L, _name, 0), (told.Phase, told.ItemId, told.Executor, told.Lane));
        Assert.Matches(@"^it has held the loop for \d+ ms\n   ", told.Detail);
    }

    [Fact]
    public void Main_that_holds_the_loop_before_its_first_await_is_reported_by_its_name()
    {
        var timeline = new Timeline();
        OnThread(() => EventLoop.Run(HoldAtOnceAsync, Options(timeline)));
        Assert.Contains(timeline.Events, e => e.Name == "Braid.Tests.Loops.SlowCallbackTests.HoldAtOnceAsync");
    }

    [Fact]
    public void The_report_has_the_stack_of_the_blocked_thread()
    {
        string stack = "";
        Run(async () =>
        {
            // Stacks are rationed, and other tests want them too.
            while (stack.Length == 0 || stack.Contains("(no stack", StringComparison.Ordinal)) stack = await HoldAsync();
        }, Options());
        Assert.Contains("   at Braid.Tests.Loops.SlowCallbackTests.HoldAsync", stack);
        Assert.Contains("   at System.", stack);
        Assert.DoesNotContain("LoopIteration", stack);
    }

    [Fact]
    public void A_callback_that_goes_on_holding_the_loop_is_told_of_again() => Run(async () =>
    {
        await EventLoop.Yield();
        var first = _log.Next(2, _name);
        var second = _log.Next(2, _name);
        Assert.True((double)first[2]! >= Short.TotalMilliseconds);
        Assert.True((double)second[2]! >= 10 * (double)first[2]!);
    }, Options());

    [Fact]
    public async Task An_item_of_a_LoopExecutor_is_reported_by_its_works_name_also_after_an_await()
    {
        var timeline = new Timeline();
        await using var executor = new LoopExecutor(Options(timeline));
        await executor.RunAsync(HoldTwiceAsync, 0, TestContext.Current.CancellationToken);
        var told = timeline.Events.Where(e => e.Phase == TracePhase.SlowCallback).ToList();
        Assert.True(told.Count >= 2);
        long item = timeline.Events.Single(e => e.Phase == TracePhase.Started).ItemId;
        Assert.All(told, e => Assert.Equal((item, "HoldTwiceAsync", _name), (e.ItemId, e.Name, e.Executor)));
    }

    [Fact]
    public void Without_a_limit_nothing_is_reported() => OnThread(() =>
    {
        string other = WarningLog.NewLoopName();
        var timeline = new Timeline();
        EventLoop.Run(async _ =>
        {
            // Two loops are held side by side; the report about the one says that there was time for one about the other.
            var beside = EventLoop.Current!.OffloadAsync(_ => EventLoop.Run(_ => HoldAtOnceAsync(other), Options() with { Name = other }), 0, CancellationToken.None);
            _log.Next(2, other);
            await beside;
        }, Options(timeline) with { SlowCallback = Timeout.InfiniteTimeSpan });
        Assert.Empty(timeline.Events);

        Task<int> HoldAtOnceAsync(string name)
        {
            using var log = new WarningLog();
            log.Next(2, name);
            return Task.FromResult(0);
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_limit_that_is_no_time_is_refused(int milliseconds)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new LoopExecutor(new() { SlowCallback = TimeSpan.FromMilliseconds(milliseconds) }));
        Assert.Contains("SlowCallback must be positive", error.Message);
    }

    private LoopOptions Options(Timeline? timeline = null) => new() { Name = _name, SlowCallback = Short, Timeline = timeline };

    private async Task<string> HoldAsync()
    {
        await EventLoop.Yield();
        return (string)NextAbout(nameof(HoldAsync))[3]!;
    }

    private Task<int> HoldAtOnceAsync(CancellationToken cancellationToken)
    {
        NextAbout(nameof(HoldAtOnceAsync));
        return Task.FromResult(0);
    }

    // On a machine that is busy enough any callback may be slow, and is told of, too.
    private IReadOnlyList<object?> NextAbout(string method)
    {
        var told = _log.Next(2, _name);
        while (!((string)told[1]!).EndsWith(method, StringComparison.Ordinal)) told = _log.Next(2, _name);
        return told;
    }

    private async Task<int> HoldTwiceAsync(int arg)
    {
        _log.Next(2, _name);
        await EventLoop.Yield();
        _log.Next(2, _name);
        return arg;
    }
}
