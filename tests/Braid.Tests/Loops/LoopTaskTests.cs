using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopTaskTests : LoopTest
{
    private const string Here = "Braid.Tests.Loops.LoopTaskTests";

    [Theory, MemberData(nameof(Pollers))]
    public void Main_is_a_task_that_tells_what_its_async_methods_wait_for(LoopPoller poller) => Run(async () =>
    {
        var (client, _) = await ConnectPairAsync();
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        using var end = new CancellationTokenSource();
        Task[] waiting = [ReadAsync(client, end.Token), NapAsync(end.Token), NapAsync(end.Token)];
        var accepting = listener.AcceptAsync(end.Token).AsTask();
        await EventLoop.Yield();
        var main = Assert.Single(Loop.Tasks);
        Assert.Equal(("main", (long?)null), (main.Name, main.ParentId));
        Assert.Equal($"sleep in {Here}.NapAsync ×2, accept, receive in {Here}.ReadAsync", main.WaitsFor);
        end.Cancel();
        await Task.WhenAll(waiting.Append(accepting)).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Null(Assert.Single(Loop.Tasks).WaitsFor);
    }, poller);

    [Fact]
    public async Task Items_of_a_LoopExecutor_are_tasks_with_parents()
    {
        var timeline = new Timeline();
        await using var executor = new LoopExecutor(new() { Timeline = timeline });
        IReadOnlyList<LoopTask> tasks = [];
        await executor.RunAsync(ParentAsync, 0, TestContext.Current.CancellationToken);
        Assert.Equal(["ParentAsync", "child"], tasks.Select(task => task.Name));
        Assert.Equal(tasks[0].Id, tasks[1].ParentId);
        Assert.Equal([null, $"sleep in {Here}.NapAsync"], tasks.Select(task => task.WaitsFor));
        Assert.All(tasks, task => Assert.Contains(timeline.Events, e => e.ItemId == task.Id && e.Name == task.Name));

        async Task<int> ParentAsync(int arg)
        {
            using var end = new CancellationTokenSource();
            var child = executor.RunAsync(Work.Of<CancellationToken, int>(NapAsync, "child"), end.Token, CancellationToken.None).AsTask();
            for (int turn = 0; turn < 1000 && tasks is not [_, { WaitsFor: not null }]; turn++)
            {
                await EventLoop.Yield();
                tasks = Loop.Tasks;
            }

            end.Cancel();
            await child.ContinueWith(static _ => { }, TaskScheduler.Default);
            await UntilAsync(() => Loop.Tasks.Count == 1);
            return arg;
        }
    }

    [Fact]
    public void An_offload_is_a_task_of_who_asked_for_it() => Run(async () =>
    {
        using var begun = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var offload = Loop.OffloadAsync(WaitFor, (begun, end), CancellationToken.None);
        begun.Wait(TestContext.Current.CancellationToken);
        var tasks = Loop.Tasks;
        Assert.Equal(["main", $"{Here}.WaitFor"], tasks.Select(task => task.Name));
        Assert.Equal((tasks[0].Id, "the call"), (tasks[1].ParentId, tasks[1].WaitsFor));
        end.Set();
        await offload;
        Assert.Single(Loop.Tasks);
    });

    [Fact]
    public void Another_thread_sees_the_tasks_too() => Run(async () =>
    {
        using var end = new CancellationTokenSource();
        var nap = NapAsync(end.Token);
        var tasks = await Loop.OffloadAsync(static loop => loop.Tasks, Loop, CancellationToken.None);
        Assert.Equal($"sleep in {Here}.NapAsync", tasks[0].WaitsFor);
        end.Cancel();
        await nap.ContinueWith(static _ => { }, TaskScheduler.Default);
    });

    [Fact]
    public void A_blocked_loop_shows_its_tasks_without_what_they_wait_for() => Run(() =>
    {
        var tasks = Loop.OffloadAsync(static loop => loop.Tasks, Loop, CancellationToken.None);
        using var done = new ManualResetEventSlim();
        var loop = Loop;
        IReadOnlyList<LoopTask> seen = [];
        var thread = new Thread(() => { seen = loop.Tasks; done.Set(); }) { IsBackground = true };
        thread.Start();
        Assert.True(done.Wait(Bound, TestContext.Current.CancellationToken));
        Assert.Contains(seen, task => task is { Name: "main", WaitsFor: null });
        return tasks;
    });

    [Fact]
    public void Age_is_measured_by_the_loops_clock()
    {
        var clock = new Support.ManualTime();
        Run(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(TimeSpan.FromMinutes(5), Assert.Single(Loop.Tasks).Age);
            return Task.CompletedTask;
        }, new LoopOptions { TimeProvider = clock });
    }

    private static int WaitFor((ManualResetEventSlim Begun, ManualResetEventSlim End) gates)
    {
        gates.Begun.Set();
        gates.End.Wait();
        return 0;
    }

    private static async Task<int> NapAsync(CancellationToken cancellationToken)
    {
        await Loop.SleepAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }

    private static async Task ReadAsync(LoopSocket socket, CancellationToken cancellationToken) => await socket.ReceiveAsync(new byte[1], cancellationToken);
}
