using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopExecutorTests
{
    [Fact]
    public void Options_out_of_range_are_refused_in_the_constructor_with_the_name_and_the_value()
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new LoopExecutor(new LoopOptions { MaxInFlight = 0 }));
        Assert.Equal("MaxInFlight", exception.ParamName);
        Assert.Equal(0, exception.ActualValue);
        Assert.Equal("Loops", Assert.Throws<ArgumentOutOfRangeException>(() => new LoopExecutor(new LoopOptions { Loops = -1 })).ParamName);
        Assert.Equal("Poller", Assert.Throws<ArgumentOutOfRangeException>(() => new LoopExecutor(new LoopOptions { Poller = (LoopPoller)9 })).ParamName);
    }

    [Fact]
    public async Task Items_interleave_on_one_thread_and_stay_on_it()
    {
        await using var executor = new LoopExecutor();
        int inside = 0;
        int most = 0;
        async Task<int> WorkAsync(int _)
        {
            most = Math.Max(most, ++inside); // No lock: the loop's thread is the only one.
            int before = Environment.CurrentManagedThreadId;
            for (int i = 0; i < 3; i++) await Task.Run(static () => { });
            inside--;
            return before == Environment.CurrentManagedThreadId ? before : -1;
        }

        var threads = await executor.MapAsync(Enumerable.Range(0, 50), WorkAsync).ToListAsync().Bounded();
        Assert.NotEqual(-1, Assert.Single(threads.Distinct()));
        Assert.True(most > 1);
    }

    [Fact]
    public async Task Never_more_than_MaxInFlight_items_are_in_progress()
    {
        await using var executor = new LoopExecutor(new LoopOptions { MaxInFlight = 2 });
        await using var gate = new Gate();
        var all = Task.WhenAll(Enumerable.Range(0, 5).Select(id => executor.RunAsync(Works.PassAsync, gate.Call(id)).AsTask()));
        await gate.ArrivedAsync(0);
        await gate.ArrivedAsync(1);
        for (int id = 0; id < 5; id++)
        {
            Assert.False(gate.HasArrived(id + 2));
            await gate.OpenAsync(id);
        }

        int[] ids = await all.Bounded();
        Assert.Equal([0, 1, 2, 3, 4], ids);
    }

    [Fact]
    public async Task Several_loops_share_the_items()
    {
        await using var executor = new LoopExecutor(new LoopOptions { Loops = 3, MaxInFlight = 3 });
        await using var gate = new Gate();
        var threads = Enumerable.Range(0, 3).Select(id => executor.RunAsync(
            async (GateCall call, CancellationToken token) =>
            {
                int thread = Environment.CurrentManagedThreadId;
                await Works.PassAsync(call, token);
                return thread;
            },
            gate.Call(id)).AsTask()).ToArray();
        for (int id = 0; id < 3; id++) await gate.ArrivedAsync(id);
        for (int id = 0; id < 3; id++) await gate.OpenAsync(id);
        Assert.Equal(3, (await Task.WhenAll(threads).Bounded()).Distinct().Count());
    }

    [Fact]
    public async Task An_item_that_still_holds_the_loop_when_its_time_is_over_is_reported()
    {
        var time = new ManualTime();
        var timeline = new Timeline();
        await using var executor = new LoopExecutor(new LoopOptions { TimeProvider = time, Timeline = timeline });
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var outcomes = executor.OutcomesAsync(
            [0],
            x =>
            {
                begun.Set();
                goOn.Wait();
                return x;
            },
            new MapOptions { ItemTimeout = TimeSpan.FromSeconds(1) }).ToListAsync();
        Assert.True(begun.Wait(BoundedExtensions.Limit));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<ItemTimeoutException>(Assert.Single(await outcomes.Bounded()).Exception);
        Assert.Contains(timeline.Events, e => e.Phase == TracePhase.SlowCallback);
        goOn.Set();
    }

    [Fact]
    public async Task A_group_on_an_inline_executor_is_a_group_of_the_loop_it_is_opened_on()
    {
        int total = EventLoop.Run(async token =>
        {
            await using var inline = new InlineExecutor();
            var loop = EventLoop.Current!;
            return await inline.GroupAsync(
                async group =>
                {
                    var slow = group.RunAsync(async (int x) => { await loop.SleepAsync(TimeSpan.FromMilliseconds(2)); return x; }, 1);
                    var quick = group.RunAsync(async (int x) => { await EventLoop.Yield(); return x; }, 2);
                    Assert.Same(loop, EventLoop.Current);
                    return await slow + await quick;
                },
                token);
        });
        Assert.Equal(3, total);
        await Task.CompletedTask;
    }
}
