using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>Which async methods are found, and which are left alone.</summary>
[Collection("Escapes")]
public sealed class EscapeTests : EscapeTest
{
    private const string Here = "Braid.Tests.Loops.EscapeTests.";
    private const string There = "Braid.Tests.Loops.EscapeTest.";

    public static TheoryData<string> Kinds => [nameof(TaskAsync), nameof(ValueTaskAsync), nameof(VoidAsync), nameof(GenericAsync), nameof(IterateAsync), nameof(FileAsync)];

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_method_that_goes_on_on_the_pool_is_told_of(LoopPoller poller) =>
        Assert.Equal([There + nameof(TaskAsync)], Escaped(TaskAsync, Options(poller)));

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_of_async_method_is_seen(string kind)
    {
        Func<Task> method = kind switch
        {
            nameof(TaskAsync) => TaskAsync,
            nameof(ValueTaskAsync) => async () => await ValueTaskAsync(),
            nameof(VoidAsync) => AwaitVoidAsync,
            nameof(GenericAsync) => async () => await GenericAsync("text"),
            nameof(IterateAsync) => async () => Assert.Equal([1, 2], await IterateAsync().ToListAsync()),
            _ => FileAsync,
        };
        Assert.Equal(kind, Assert.Single(Escaped(method)).Split('.')[^1]);
    }

    [Fact]
    public void A_lambda_and_a_local_function_have_the_names_of_the_source()
    {
        Assert.Equal([Here + nameof(A_lambda_and_a_local_function_have_the_names_of_the_source) + " (lambda)"], Escaped(async () => await OnPool().ConfigureAwait(false)));
        Assert.Equal([Here + nameof(LocalAsync)], Escaped(LocalAsync));

        static async Task LocalAsync() => await OnPool().ConfigureAwait(false);
    }

    [Fact]
    public void Only_the_method_that_left_is_told_of_and_not_who_awaits_it()
    {
        var told = Escaped(OuterAsync);
        Assert.Equal([There + nameof(TaskAsync)], told);

        static async Task OuterAsync()
        {
            await TaskAsync();
            Assert.NotNull(EventLoop.Current);
        }
    }

    [Fact]
    public void A_method_is_told_of_once_however_often_it_leaves() => Assert.Equal([There + nameof(GenericAsync), There + nameof(TaskAsync)], Escaped(async () =>
    {
        for (var i = 0; i < 5; i++)
        {
            await GenericAsync(i);
            await GenericAsync("text");
            await TaskAsync();
        }
    }));

    [Fact]
    public void What_goes_on_where_it_belongs_is_not_told_of() => AssertNothing(async () =>
    {
        await OnPool();
        await Task.Yield();
        await EventLoop.Yield();
        await Task.Delay(1);
        await ByTheLoopAsync();
        await OnPool();

        static async Task ByTheLoopAsync()
        {
            await OnPool();
            await Loop.SleepAsync(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromMilliseconds(1), Loop.TimeProvider).ConfigureAwait(false);
        }
    });

    [Fact]
    public void An_await_that_has_no_context_left_because_of_the_one_before_is_found_too()
    {
        Assert.Equal([Here + nameof(TwiceAsync)], Escaped(TwiceAsync));

        static async Task TwiceAsync()
        {
            await Loop.SleepAsync(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
            Assert.NotNull(EventLoop.Current);
            await OnPool();
        }
    }

    [Fact]
    public void Code_that_was_sent_elsewhere_is_not_told_of() => AssertNothing(async () =>
    {
        await Task.Run(TaskAsync);
        await Task.Run(async () => await OnPool().ConfigureAwait(false));
        await Loop.OffloadAsync(static _ => TaskAsync().Wait(Bound), 0);
        await Task.Factory.StartNew(TaskAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    });

    [Fact]
    public void A_method_that_is_marked_may_be_anywhere() => AssertNothing(async () =>
    {
        await MarkedAsync();
        await Marked.LeaveAsync();
    });

    private static async ValueTask<int> ValueTaskAsync()
    {
        await OnPool().ConfigureAwait(false);
        return 1;
    }

    private static async Task AwaitVoidAsync()
    {
        var ended = new TaskCompletionSource();
        VoidAsync(ended);
        await ended.Task;
    }

    private static async void VoidAsync(TaskCompletionSource ended)
    {
        await OnPool().ConfigureAwait(false);
        ended.SetResult();
    }

    private static async IAsyncEnumerable<int> IterateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return 1;
        await OnPool().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        yield return 2;
    }

    [DebuggerNonUserCode]
    private static async Task MarkedAsync() => await OnPool().ConfigureAwait(false);

    [DebuggerNonUserCode]
    private static class Marked
    {
        public static async Task LeaveAsync() => await OnPool().ConfigureAwait(false);
    }
}
