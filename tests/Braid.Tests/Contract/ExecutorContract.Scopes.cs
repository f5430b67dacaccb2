using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

/// <remarks>Groups with limits, inside each other, shielded, with failures of their own, and children that say when they are ready.</remarks>
public abstract partial class ExecutorContract
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_group_that_is_not_done_in_time_cancels_its_children_waits_for_them_and_says_so()
    {
        if (!IsConcurrent) return;
        var time = new ManualTime();
        await using var executor = Create(concurrency: 2, new() { Name = "pool", TimeProvider = time });
        await using var gate = new Gate();
        var group = executor.GroupAsync(_ => _.RunAsync(Works.PassAsync, gate.Call(0)), new() { Timeout = Minute });
        var child = await gate.ArrivedAsync(0);
        time.Advance(Minute);
        var error = await Assert.ThrowsAsync<GroupTimeoutException>(() => group.Bounded());
        Assert.Equal(Minute, error.Timeout);
        Assert.Contains("'pool' was not done within its Timeout of 00:01:00", error.Message);
        await child.GoneAsync();
    }

    [Fact]
    public async Task A_limit_that_cuts_nothing_short_is_no_error()
    {
        var time = new ManualTime();
        await using var executor = Create(options: new() { TimeProvider = time });
        int result = await executor.GroupAsync(
            async group =>
            {
                int two = await group.RunAsync(Works.AddOne, 1);
                time.Advance(Minute);
                return two;
            },
            new() { Timeout = Minute }).Bounded();
        Assert.Equal(2, result);
    }

    [Fact]
    public async Task Of_limits_that_are_over_at_once_the_outer_one_is_raised_and_the_inner_group_is_cancelled()
    {
        var time = new ManualTime();
        await using var executor = Create(options: new() { TimeProvider = time });
        Exception? seenBetween = null;
        var outer = executor.GroupAsync(
            async _ =>
            {
                seenBetween = await Record.ExceptionAsync(() => executor.GroupAsync(inner => Task.Delay(-1, inner.CancellationToken), new() { Timeout = Minute }));
                throw seenBetween!;
            },
            new() { Timeout = Minute });
        time.Advance(Minute);
        await Assert.ThrowsAsync<GroupTimeoutException>(() => outer.Bounded());
        Assert.IsAssignableFrom<OperationCanceledException>(seenBetween);
    }

    [Fact]
    public async Task An_inner_limit_that_is_over_first_is_the_inner_groups_alone()
    {
        var time = new ManualTime();
        await using var executor = Create(options: new() { TimeProvider = time });
        var outer = executor.GroupAsync(
            async group =>
            {
                var inner = executor.GroupAsync(inner => Task.Delay(-1, inner.CancellationToken), new() { Timeout = Minute });
                time.Advance(Minute);
                await Assert.ThrowsAsync<GroupTimeoutException>(() => inner.Bounded());
                return await group.RunAsync(Works.AddOne, 1);
            },
            new() { Timeout = 2 * Minute });
        Assert.Equal(2, await outer.Bounded());
    }

    [Fact]
    public async Task A_group_inside_another_ends_with_it_without_being_told_of_its_token()
    {
        await using var executor = Create();
        var ended = new TaskCompletionSource<Exception?>();
        var outer = executor.GroupAsync(async group =>
        {
            var inner = executor.GroupAsync(inner => Task.Delay(-1, inner.CancellationToken));
            group.Cancel();
            ended.SetResult(await Record.ExceptionAsync(() => inner));
            return 5;
        });
        Assert.Equal(5, await outer.Bounded());
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task);
    }

    [Fact]
    public async Task A_shielded_group_is_finished_although_the_group_around_it_was_cancelled()
    {
        await using var executor = Create();
        bool isTidied = false;
        var outer = executor.GroupAsync(
            async group =>
            {
                try
                {
                    group.Cancel();
                    group.CancellationToken.ThrowIfCancellationRequested();
                }
                finally
                {
                    int result = await executor.GroupAsync(cleaning => cleaning.RunAsync(Works.AddOne, 1), new() { IsShielded = true, Timeout = TimePasses ? Minute : Timeout.InfiniteTimeSpan });
                    isTidied = result == 2;
                }
            });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outer.Bounded());
        Assert.True(isTidied);
    }

    [Fact]
    public async Task With_isolated_failures_a_childs_failure_stays_its_own()
    {
        await using var executor = Create();
        int sum = await executor.GroupAsync(
            async group =>
            {
                var failing = group.RunAsync(Works.AlwaysFail, 1);
                await Assert.ThrowsAsync<InvalidDataException>(() => failing);
                return await group.RunAsync(Works.AddOne, 1);
            },
            new() { IsolateFailures = true }).Bounded();
        Assert.Equal(2, sum);
    }

    [Fact]
    public async Task With_isolated_failures_a_failing_body_cancels_the_children_all_the_same()
    {
        if (!IsConcurrent) return;
        await using var executor = Create();
        await using var gate = new Gate();
        Visitor? child = null;
        await Assert.ThrowsAsync<EndOfStreamException>(() => executor.GroupAsync(
            async group =>
            {
                _ = group.RunAsync(Works.PassAsync, gate.Call(0));
                child = await gate.ArrivedAsync(0);
                throw new EndOfStreamException("the body");
            },
            new() { IsolateFailures = true }).Bounded());
        await child!.GoneAsync();
    }

    [Fact]
    public async Task Several_failures_are_all_in_the_groups_task_and_the_first_is_raised()
    {
        await using var executor = Create();
        var group = executor.GroupAsync(async group =>
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => group.RunAsync(Works.AlwaysFail, 1));
            throw new EndOfStreamException("the body");
        });
        Assert.Equal("no 1", (await Assert.ThrowsAsync<InvalidDataException>(() => group.Bounded())).Message);
        Assert.Equal(["no 1", "the body"], group.Exception!.InnerExceptions.Select(e => e.Message));
    }

    [Fact]
    public async Task A_failure_during_a_cancellation_wins_over_it()
    {
        await using var executor = Create();
        using var source = new CancellationTokenSource();
        var group = executor.GroupAsync(
            async group =>
            {
                await source.CancelAsync();
                throw new EndOfStreamException("while tidying up");
            },
            source.Token);
        await Assert.ThrowsAsync<EndOfStreamException>(() => group.Bounded());
    }

    [Fact]
    public async Task A_child_may_start_another_while_the_group_waits()
    {
        if (!SharesMemory) return; // The group is an object of this process.
        await using var executor = Create();
        Task<int>? grandchild = null;
        await executor.GroupAsync(group =>
        {
            _ = group.RunAsync(x => grandchild = group.RunAsync(Works.AddOne, x), 1);
            return Task.CompletedTask;
        }).Bounded();
        Assert.Equal(2, await grandchild!.Bounded());
    }

    [Fact]
    public async Task A_child_that_is_started_is_waited_for_until_it_is_ready_and_then_goes_on()
    {
        if (!SharesMemory) return; // See the last test here.
        await using var executor = Create();
        var done = new TaskCompletionSource();
        bool isEnded = false;
        int port = await executor.GroupAsync(async group =>
        {
            int ready = await group.StartAsync<int, int>(
                async (x, signal, _) =>
                {
                    await Task.Yield();
                    signal.Set(x + 1);
                    Assert.Throws<InvalidOperationException>(() => signal.Set(0));
                    await done.Task;
                    isEnded = true;
                },
                8079);
            Assert.False(isEnded);
            done.SetResult();
            return ready;
        }).Bounded();
        Assert.Equal(8080, port);
        Assert.True(isEnded);
    }

    [Fact]
    public async Task A_child_that_ends_before_it_is_ready_is_a_failure()
    {
        if (!SharesMemory) return;
        await using var executor = Create();
        var silent = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.GroupAsync(
            group => group.StartAsync<int, int>((_, _, _) => Task.CompletedTask, 1, "Serve")).Bounded());
        Assert.Contains("Child 'Serve' has ended and never said that it was ready", silent.Message);
        var failed = await Assert.ThrowsAsync<EndOfStreamException>(() => executor.GroupAsync(
            group => group.StartAsync<int, int>((_, _, _) => Task.FromException(new EndOfStreamException("no port")), 1)).Bounded());
        Assert.Equal("no port", failed.Message);
    }

    [Fact]
    public async Task Where_the_work_runs_elsewhere_a_child_cannot_say_that_it_is_ready_and_is_refused()
    {
        if (SharesMemory) return;
        await using var executor = Create();
        var error = await Assert.ThrowsAsync<WorkNotPortableException>(() => executor.GroupAsync(
            group => group.StartAsync<int, int>((_, _, _) => Task.CompletedTask, 1, "Serve")).Bounded());
        Assert.Contains("Work 'Serve' cannot run in another process: its ReadySignal belongs to this process.", error.Message);
    }

    [Fact]
    public async Task Limits_that_make_no_sense_are_refused()
    {
        await using var executor = Create();
        foreach (var limit in (TimeSpan[])[TimeSpan.FromSeconds(-1), TimeSpan.FromDays(50)])
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => executor.GroupAsync(_ => Task.CompletedTask, new() { Timeout = limit }));
            Assert.Equal(("Timeout", limit), (error.ParamName, error.ActualValue));
        }
    }
}
