using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Items;

/// <summary>
/// Method groups and lambdas of every shape compile without type arguments or casts, and become the right shape. That this file compiles is
/// half of the test. The verbs infer everything, because the argument or the source says what the work takes; Work.Of alone sees only the
/// function, and C# infers nothing from a bare method group, so there its types are named.
/// </summary>
public sealed class WorkShapeTests
{
    private static int Sync(int x) => x + 1;

    private static int SyncWithToken(int x, CancellationToken cancellationToken) => x + 1;

    private static Task<int> Task_(int x) => Task.FromResult(x + 1);

    private static async Task<int> TaskWithToken(int x, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return x + 1;
    }

    private static ValueTask<int> ValueTask_(int x) => new(x + 1);

    private static async ValueTask<int> ValueTaskWithToken(int x, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return x + 1;
    }

    [Fact]
    public void Method_groups_and_lambdas_of_the_six_shapes_become_work()
    {
        Work<int, int>[] sync = [Work.Of<int, int>(Sync), Work.Of<int, int>(SyncWithToken), Work.Of((int x) => x + 1), Work.Of((int x, CancellationToken token) => x + 1)];
        Work<int, int>[] tasks = [Work.Of<int, int>(Task_), Work.Of<int, int>(TaskWithToken), Work.Of((int x) => Task.FromResult(x + 1)), Work.Of((int x, CancellationToken token) => Task.FromResult(x + 1))];
        Work<int, int>[] valueTasks =
        [
            Work.Of<int, int>(ValueTask_), Work.Of<int, int>(ValueTaskWithToken),
            Work.Of(async (int x) => { await Task.Yield(); return x + 1; }),
            Work.Of(async (int x, CancellationToken token) => { await Task.Yield(); return x + 1; }),
            Work.Of((int x) => new ValueTask<int>(x + 1)),
        ];
        Assert.All(sync, work => Assert.False(work.IsAsync));
        Assert.All(tasks, work => Assert.True(work.IsAsync));
        Assert.All(valueTasks, work => Assert.True(work.IsAsync));
    }

    [Fact]
    public async Task RunAsync_takes_every_shape()
    {
        await using var executor = new InlineExecutor();
        int[] results =
        [
            await executor.RunAsync(Sync, 1), await executor.RunAsync(SyncWithToken, 1), await executor.RunAsync(Task_, 1),
            await executor.RunAsync(TaskWithToken, 1), await executor.RunAsync(ValueTask_, 1), await executor.RunAsync(ValueTaskWithToken, 1),
            await executor.RunAsync(x => x + 1, 1), await executor.RunAsync((x, token) => x + 1, 1),
            await executor.RunAsync(async x => { await Task.Yield(); return x + 1; }, 1),
            await executor.RunAsync(async (x, token) => { await Task.Yield(); return x + 1; }, 1),
            await executor.RunAsync(x => Task.FromResult(x + 1), 1), await executor.RunAsync((x, token) => Task.FromResult(x + 1), 1),
            await executor.RunAsync(x => new ValueTask<int>(x + 1), 1), await executor.RunAsync((x, token) => new ValueTask<int>(x + 1), 1),
        ];
        Assert.All(results, result => Assert.Equal(2, result));
    }

    [Fact]
    public async Task MapAsync_takes_every_shape_from_both_kinds_of_source()
    {
        await using var executor = new InlineExecutor();
        int[] source = [1];
        var asyncSource = SourceAsync();
        IAsyncEnumerable<int>[] all =
        [
            executor.MapAsync(source, Sync), executor.MapAsync(source, SyncWithToken), executor.MapAsync(source, Task_),
            executor.MapAsync(source, TaskWithToken), executor.MapAsync(source, ValueTask_), executor.MapAsync(source, ValueTaskWithToken),
            executor.MapAsync(source, x => x + 1), executor.MapAsync(source, (x, token) => x + 1),
            executor.MapAsync(source, async x => { await Task.Yield(); return x + 1; }),
            executor.MapAsync(source, async (x, token) => { await Task.Yield(); return x + 1; }),
            executor.MapAsync(source, x => Task.FromResult(x + 1)),
            executor.MapAsync(asyncSource, Sync), executor.MapAsync(asyncSource, SyncWithToken), executor.MapAsync(asyncSource, Task_),
            executor.MapAsync(asyncSource, TaskWithToken), executor.MapAsync(asyncSource, ValueTask_), executor.MapAsync(asyncSource, ValueTaskWithToken),
            executor.MapAsync(asyncSource, x => x + 1), executor.MapAsync(asyncSource, async x => { await Task.Yield(); return x + 1; }),
        ];
        foreach (var results in all) Assert.Equal([2], await results.ToListAsync());
    }

    [Fact]
    public async Task OutcomesAsync_takes_every_shape_from_both_kinds_of_source()
    {
        await using var executor = new InlineExecutor();
        int[] source = [1];
        var asyncSource = SourceAsync();
        IAsyncEnumerable<Outcome<int, int>>[] all =
        [
            executor.OutcomesAsync(source, Sync), executor.OutcomesAsync(source, SyncWithToken), executor.OutcomesAsync(source, Task_),
            executor.OutcomesAsync(source, TaskWithToken), executor.OutcomesAsync(source, ValueTask_), executor.OutcomesAsync(source, ValueTaskWithToken),
            executor.OutcomesAsync(source, x => x + 1), executor.OutcomesAsync(source, async (x, token) => { await Task.Yield(); return x + 1; }),
            executor.OutcomesAsync(asyncSource, Sync), executor.OutcomesAsync(asyncSource, TaskWithToken), executor.OutcomesAsync(asyncSource, ValueTask_),
            executor.OutcomesAsync(asyncSource, async x => { await Task.Yield(); return x + 1; }),
        ];
        foreach (var outcomes in all) Assert.Equal(2, Assert.Single(await outcomes.ToListAsync()).Result);
    }

    [Fact]
    public async Task Groups_take_every_shape()
    {
        await using var executor = new InlineExecutor();
        var results = await executor.GroupAsync(group => Task.WhenAll(
            group.RunAsync(Sync, 1), group.RunAsync(SyncWithToken, 1), group.RunAsync(Task_, 1), group.RunAsync(TaskWithToken, 1),
            group.RunAsync(ValueTask_, 1), group.RunAsync(ValueTaskWithToken, 1), group.RunAsync(x => x + 1, 1),
            group.RunAsync(async x => { await Task.Yield(); return x + 1; }, 1), group.RunAsync(async (x, token) => { await Task.Yield(); return x + 1; }, 1)));
        Assert.All(results, result => Assert.Equal(2, result));
    }

    [Fact]
    public async Task Groups_take_children_that_return_nothing_and_wait_for_them()
    {
        await using var executor = new InlineExecutor();
        int sum = 0;
        async Task AddAsync(int x)
        {
            await Task.Yield();
            Interlocked.Add(ref sum, x);
        }

        Task AddWithTokenAsync(int x, CancellationToken token) => AddAsync(x);
        async ValueTask AddSoonAsync(int x) => await AddAsync(x);
        ValueTask AddSoonWithTokenAsync(int x, CancellationToken token) => AddSoonAsync(x);
        await executor.GroupAsync(async group =>
        {
            _ = group.RunAsync(AddAsync, 1);
            _ = group.RunAsync(AddWithTokenAsync, 1);
            _ = group.RunAsync(AddSoonAsync, 1);
            _ = group.RunAsync(AddSoonWithTokenAsync, 1);
            _ = group.RunAsync(async x => { await Task.Yield(); Interlocked.Add(ref sum, x); }, 1);
            _ = group.RunAsync(async (x, token) => { await Task.Yield(); Interlocked.Add(ref sum, x); }, 1);
            await group.RunAsync(x => AddAsync(x), 1);
        });
        Assert.Equal(7, sum);
    }

    [Fact]
    public async Task ForEachAsync_takes_work_that_returns_nothing_and_waits_for_it()
    {
        await using var executor = new InlineExecutor();
        int[] source = [1, 2];
        int sum = 0;
        async Task AddAsync(int x)
        {
            await Task.Yield();
            sum += x;
        }

        await executor.ForEachAsync(source, x => { sum += x; });
        await executor.ForEachAsync(source, (x, token) => { sum += x; });
        await executor.ForEachAsync(source, Overloads.Run);
        await executor.ForEachAsync(SourceAsync(), Overloads.Run);
        await executor.ForEachAsync(source, AddAsync);
        await executor.ForEachAsync(source, x => AddAsync(x));
        await executor.ForEachAsync(source, async x => { await Task.Yield(); sum += x; });
        await executor.ForEachAsync(source, async (x, token) => { await Task.Yield(); sum += x; });
        await executor.ForEachAsync(SourceAsync(), async x => { await Task.Yield(); sum += x; });
        await executor.ForEachAsync(SourceAsync(), x => { sum += x; });
        Assert.Equal((6 * 3) + 2, sum);
    }

    [Fact]
    public async Task Of_a_methods_overloads_the_one_with_a_token_is_taken()
    {
        await using var executor = new InlineExecutor();
        int[] source = [1];
        using var cancellation = new CancellationTokenSource();
        var token = cancellation.Token;
        Assert.Equal("1 True", await executor.RunAsync(Overloads.Get, 1, token));
        Assert.Equal("1 True", await executor.RunAsync(Overloads.GetAsync, 1, token));
        Assert.Equal("1 True", await executor.RunAsync(Overloads.GetSoonAsync, 1, token));
        Assert.Equal(["1 True"], await executor.MapAsync(source, Overloads.Get).ToListAsync());
        Assert.Equal(["1 True"], await executor.MapAsync(source, Overloads.GetAsync).ToListAsync());
        Assert.Equal(["1 True"], await executor.MapAsync(SourceAsync(), Overloads.GetSoonAsync).Take(1).ToListAsync());
        Assert.Equal("1 True", (await executor.OutcomesAsync(source, Overloads.GetAsync).SingleAsync()).Result);
        Assert.Equal("1 True", await executor.GroupAsync(group => group.RunAsync(Overloads.GetAsync, 1)));
        await executor.ForEachAsync(source, Overloads.GetAsync);
    }

    [Fact]
    public void The_name_is_what_the_caller_wrote_on_one_line_and_not_too_long()
    {
        Assert.Equal("Sync", Work.Of<int, int>(Sync).Name);
        Assert.Equal("Works.AddOne", Work.Of<int, int>(Works.AddOne).Name);
        Assert.Equal("mine", Work.Of<int, int>(Works.AddOne, "mine").Name);
        Assert.Equal("(int x) => x + 1", Work.Of((int x) =>
            x
            + 1).Name);
        string longName = Work.Of((int x) => x + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1).Name;
        Assert.Equal(60, longName.Length);
        Assert.EndsWith("…", longName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_returns_a_task_without_a_result_is_refused_where_nobody_would_await_it()
    {
        static Task NothingAsync(int x) => Task.CompletedTask;
        Func<int, Task> function = NothingAsync;
        var exception = Assert.Throws<ArgumentException>(() => Work.Of(function));
        Assert.Contains("ForEachAsync", exception.Message, StringComparison.Ordinal);
        await using var executor = new InlineExecutor();
        Assert.Throws<ArgumentException>(() => { _ = executor.RunAsync(function, 1); });
    }

    [Fact]
    public async Task A_null_instead_of_a_task_is_an_error_that_names_the_work()
    {
        await using var executor = new InlineExecutor();
        static Task<int> Forgotten(int x) => null!;
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.RunAsync(Forgotten, 1).Bounded());
        Assert.Contains("Forgotten", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_arguments_are_refused_at_the_call()
    {
        var executor = new InlineExecutor();
        Assert.Throws<ArgumentNullException>(() => Work.Of((Func<int, int>)null!));
        Assert.Throws<ArgumentNullException>(() => executor.MapAsync((IEnumerable<int>)null!, Sync));
        Assert.Throws<ArgumentNullException>(() => executor.MapAsync([1], (Work<int, int>)null!));
        Assert.Throws<ArgumentNullException>(() => { _ = executor.RunAsync((Work<int, int>)null!, 1); });
        Assert.Throws<ArgumentNullException>(() => { _ = executor.GroupAsync((Func<TaskGroup, Task>)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = ((Executor)null!).RunAsync(Sync, 1); });
    }

    private static async IAsyncEnumerable<int> SourceAsync()
    {
        await Task.Yield();
        yield return 1;
    }

    // As Console.WriteLine, HttpClient.GetStringAsync and others have them.
    private static class Overloads
    {
        public static void Run(int argument) => _ = argument;

        public static void Run(int argument, object? more) => _ = (argument, more);

        public static string Get(int argument) => $"{argument} without a token";

        public static string Get(int argument, CancellationToken token) => $"{argument} {token.CanBeCanceled}";

        public static Task<string> GetAsync(int argument) => Task.FromResult(Get(argument));

        public static Task<string> GetAsync(string argument) => Task.FromResult(argument);

        public static Task<string> GetAsync(int argument, CancellationToken token) => Task.FromResult(Get(argument, token));

        public static Task<string> GetAsync(string argument, CancellationToken token) => Task.FromResult(argument);

        public static ValueTask<string> GetSoonAsync(int argument) => new(Get(argument));

        public static ValueTask<string> GetSoonAsync(int argument, CancellationToken token) => new(Get(argument, token));
    }
}
