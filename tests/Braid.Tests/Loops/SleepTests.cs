using Xunit;

namespace Braid.Tests.Loops;

/// <summary>What the ValueTask of <see cref="EventLoop.SleepAsync"/> is, with a token and without: two implementations, one meaning.</summary>
public sealed class SleepTests : LoopTest, IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public static TheoryData<bool> WithAndWithoutToken => new(false, true);

    public void Dispose() => _source.Dispose();

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void A_sleep_that_is_awaited_after_its_end_goes_on_at_once(bool withToken) => Run(async () =>
    {
        var sleep = Sleep(0, withToken);
        while (!sleep.IsCompleted) await EventLoop.Yield();
        Assert.True(sleep.IsCompletedSuccessfully);
        await sleep;
    });

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void A_second_await_is_refused(bool withToken) => Run(async () =>
    {
        var sleep = Sleep(0, withToken);
        await sleep;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sleep);

        var awaiter = Sleep(1, withToken).GetAwaiter();
        awaiter.OnCompleted(() => { });
        Assert.Throws<InvalidOperationException>(() => awaiter.OnCompleted(() => { }));
    });

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void A_result_that_is_not_there_yet_is_refused(bool withToken) => Run(async () =>
    {
        var sleep = Sleep(1, withToken);
        Assert.Throws<InvalidOperationException>(() => sleep.GetAwaiter().GetResult());
        await sleep;
    });

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void A_sleep_may_be_awaited_on_another_thread(bool withToken) => Run(async () =>
    {
        for (var i = 0; i < 100; i++)
        {
            var sleep = Sleep(i % 3, withToken);
            await Task.Run(async () => await sleep.ConfigureAwait(false), TestContext.Current.CancellationToken);
        }
    });

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void What_awaits_a_sleep_under_another_context_goes_on_there(bool withToken) => Run(async () =>
    {
        var context = new CountingContext();
        var sleep = Sleep(1, withToken);
        var awaiting = context.Call(() => AwaitAsync(sleep));
        await awaiting;
        Assert.Equal(1, context.Posts);
    });

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void Sleeps_that_nobody_awaits_do_not_hold_memory(bool withToken) => Run(async () =>
    {
        for (var i = 0; i < 20_000; i++) _ = Sleep(0, withToken);
        await UntilAsync(() => Loop.TimerCount == 0);
        Assert.InRange(Loop.Timers.NumbersInUse, 0, 300);
    });

    [Theory, MemberData(nameof(WithAndWithoutToken))]
    public void The_end_of_the_loop_ends_a_sleep_and_refuses_another(bool withToken)
    {
        var ends = new List<Exception>();
        Run(async () =>
        {
            async Task SleepTwiceAsync()
            {
                var loop = Loop;
                for (var i = 0; i < 2; i++)
                {
                    try
                    {
                        await Sleep(loop, 60_000, withToken ? _source.Token : default);
                    }
                    catch (OperationCanceledException exception)
                    {
                        ends.Add(exception);
                    }
                }
            }

            _ = SleepTwiceAsync();
            await EventLoop.Yield();
        });
        Assert.Equal(2, ends.Count);
        Assert.All(ends, end => Assert.Contains("loop ended", end.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_a_great_many_that_are_due_at_once_each_fires_and_others_get_turns_in_between() => Run(async () =>
    {
        var order = new List<string>();
        var sleeps = Enumerable.Range(0, 5000).Select(async _ =>
        {
            await Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
            order.Add("sleep");
        }).ToArray();
        Thread.Sleep(2);
        for (var turn = 0; turn < 4; turn++)
        {
            await EventLoop.Yield();
            order.Add("turn");
        }

        await Task.WhenAll(sleeps);
        Assert.Equal(5000, order.Count(entry => entry == "sleep"));
        Assert.InRange(order.IndexOf("turn", order.IndexOf("sleep")), 1, 4000);
    });

    private static async Task AwaitAsync(ValueTask sleep) => await sleep;

    private ValueTask Sleep(int milliseconds, bool withToken) => Sleep(Loop, milliseconds, withToken ? _source.Token : default);

    private static ValueTask Sleep(EventLoop loop, int milliseconds, CancellationToken token) => loop.SleepAsync(TimeSpan.FromMilliseconds(milliseconds), token);

    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => _posts;

        public Task Call(Func<Task> body)
        {
            var outer = Current;
            SetSynchronizationContext(this);
            try
            {
                return body();
            }
            finally
            {
                SetSynchronizationContext(outer);
            }
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            d(state);
        }
    }
}
