using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task A_group_ends_when_its_body_and_all_children_have_ended()
    {
        await using var executor = Create();
        int sum = await executor.GroupAsync(async group =>
        {
            var first = group.RunAsync(Works.AddOne, 1);
            var second = group.RunAsync(Works.AddOne, 10);
            return await first + await second;
        }).Bounded();
        Assert.Equal(13, sum);
    }

    [Fact]
    public async Task The_first_failing_child_cancels_its_siblings_and_the_body_and_is_what_the_group_raises()
    {
        if (!IsConcurrent) return;
        await using var executor = Create(concurrency: 2);
        await using var gate = new Gate();
        var group = executor.GroupAsync(async group =>
        {
            _ = group.RunAsync(Works.PassAsync, gate.Call(0));
            _ = group.RunAsync(Works.PassAsync, gate.Call(1));
            await Task.Delay(Timeout.Infinite, group.CancellationToken);
        });
        var sibling = await gate.ArrivedAsync(0);
        await gate.FailAsync(1);
        Assert.Equal("gate 1 is closed", (await Assert.ThrowsAsync<InvalidDataException>(() => group.Bounded())).Message);
        await sibling.GoneAsync();
    }

    [Fact]
    public async Task A_failing_body_cancels_the_children_and_waits_for_them()
    {
        if (!IsConcurrent) return;
        await using var executor = Create();
        await using var gate = new Gate();
        Visitor? child = null;
        await Assert.ThrowsAsync<EndOfStreamException>(() => executor.GroupAsync(async group =>
        {
            _ = group.RunAsync(Works.PassAsync, gate.Call(0));
            child = await gate.ArrivedAsync(0);
            throw new EndOfStreamException("the body");
        }).Bounded());
        await child!.GoneAsync();
    }

    [Fact]
    public async Task Cancelling_the_caller_cancels_every_child_waits_and_then_raises_cancellation()
    {
        if (!IsConcurrent) return;
        await using var executor = Create(concurrency: 2);
        await using var gate = new Gate();
        using var source = new CancellationTokenSource();
        var group = executor.GroupAsync(
            group =>
            {
                _ = group.RunAsync(Works.PassAsync, gate.Call(0));
                _ = group.RunAsync(Works.PassAsync, gate.Call(1));
                return Task.CompletedTask;
            },
            source.Token);
        var children = new[] { await gate.ArrivedAsync(0), await gate.ArrivedAsync(1) };
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => group.Bounded());
        foreach (var child in children) await child.GoneAsync();
    }

    [Fact]
    public async Task Nothing_can_be_started_in_a_group_that_has_ended_or_failed()
    {
        await using var executor = Create();
        TaskGroup? ended = null;
        await executor.GroupAsync(group =>
        {
            ended = group;
            return Task.CompletedTask;
        }).Bounded();
        await Assert.ThrowsAsync<InvalidOperationException>(() => ended!.RunAsync(Works.AddOne, 1));

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => executor.GroupAsync(async group =>
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => group.RunAsync(Works.AlwaysFail, 1));
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => group.RunAsync(Works.AddOne, 1));
            Assert.Contains("no 1", refused.Message, StringComparison.Ordinal);
        }).Bounded());
        Assert.Equal("no 1", failure.Message);
    }

    [Fact]
    public async Task A_body_that_returns_null_instead_of_a_task_is_an_error_that_says_so()
    {
        await using var executor = Create();
        var none = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.GroupAsync(_ => (Task)null!).Bounded());
        var noResult = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.GroupAsync(_ => (Task<int>)null!).Bounded());
        Assert.All([none, noResult], error => Assert.Contains("returned null instead of a task", error.Message));
    }
}
