using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Results_come_in_source_order_whatever_the_order_of_completion()
    {
        await using var executor = Create(concurrency: 4);
        await using var gate = new Gate();
        var results = executor.MapAsync(Enumerable.Range(0, 4).Select(gate.Call), Works.PassAsync).ToListAsync();
        if (IsConcurrent)
        {
            for (int id = 3; id >= 0; id--)
            {
                await gate.OpenAsync(id);
                await (await gate.ArrivedAsync(id)).GoneAsync();
            }
        }
        else
        {
            for (int id = 0; id < 4; id++) await gate.OpenAsync(id);
        }

        Assert.Equal([0, 1, 2, 3], await results.Bounded());
    }

    [Fact]
    public async Task Without_order_the_fastest_comes_first()
    {
        await using var executor = Create(concurrency: 3);
        await using var gate = new Gate();
        var results = executor.MapAsync(Enumerable.Range(0, 3).Select(gate.Call), Works.PassAsync, new MapOptions { Ordered = false }).GetAsyncEnumerator();
        var first = results.MoveNextAsync().AsTask();
        if (!IsConcurrent) gate.StandingAnswer = GateAnswer.Open;
        foreach (int id in IsConcurrent ? [1, 2, 0] : new[] { 0, 1, 2 })
        {
            if (IsConcurrent || id == 0) await gate.OpenAsync(id);
            Assert.True(await first.Bounded());
            Assert.Equal(id, results.Current);
            first = results.MoveNextAsync().AsTask();
        }

        Assert.False(await first.Bounded());
        await results.DisposeAsync();
    }

    [Fact]
    public async Task Who_asks_for_the_next_result_while_an_earlier_call_waits_is_told_so_and_the_map_goes_on()
    {
        await using var executor = Create();
        await using var gate = new Gate();
        var results = executor.MapAsync([gate.Call(0)], Works.PassAsync).GetAsyncEnumerator();
        var first = results.MoveNextAsync().AsTask();
        await gate.ArrivedAsync(0);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => results.MoveNextAsync().AsTask().Bounded());
        Assert.Contains("'Works.PassAsync' was asked for while an earlier call", error.Message);
        await gate.OpenAsync(0);
        Assert.True(await first.Bounded());
        Assert.False(await results.MoveNextAsync().AsTask().Bounded());
        await results.DisposeAsync();
    }

    [Fact]
    public async Task The_source_is_read_lazily_with_concurrency_3_the_fourth_item_is_produced_only_after_the_first_result_was_taken()
    {
        await using var executor = Create(concurrency: 3);
        int taken = 0;
        var violations = new List<string>();
        IEnumerable<int> Source()
        {
            for (int produced = 0; produced < 50; produced++)
            {
                if (produced - taken >= 3) violations.Add($"item {produced} was produced when {taken} results had been taken");
                yield return produced;
            }
        }

        await foreach (int result in executor.MapAsync(Source(), Works.AddOne, Concurrency(3)))
        {
            taken++;
            Assert.Equal(taken, result);
        }

        Assert.Equal(50, taken);
        Assert.Empty(violations);
    }

    [Fact]
    public async Task The_whole_concurrency_is_used_before_the_first_result_is_taken()
    {
        if (!IsConcurrent) return; // One item at a time is what it promises.
        await using var executor = Create(concurrency: 3);
        await using var gate = new Gate();
        var results = executor.MapAsync(Enumerable.Range(0, 10).Select(gate.Call), Works.PassAsync, Concurrency(3)).GetAsyncEnumerator();
        var first = results.MoveNextAsync().AsTask();
        for (int id = 0; id < 3; id++) await gate.ArrivedAsync(id);
        Assert.False(gate.HasArrived(3));
        gate.StandingAnswer = GateAnswer.Open;
        for (int id = 0; id < 3; id++) await gate.OpenAsync(id);
        Assert.True(await first.Bounded());
        await results.DisposeAsync().Bounded();
    }

    [Fact]
    public async Task Without_a_limit_of_its_own_a_map_goes_on_behind_a_slow_item()
    {
        if (!ReadsAhead) return;
        await using var executor = Create(concurrency: 2);
        await using var gate = new Gate();
        var results = executor.MapAsync(Enumerable.Range(0, 10).Select(gate.Call), Works.PassAsync).GetAsyncEnumerator();
        var first = results.MoveNextAsync().AsTask();
        await gate.ArrivedAsync(0);
        for (int id = 1; id < 5; id++) await gate.OpenAsync(id);
        Assert.False(first.IsCompleted);
        await gate.OpenAsync(0);
        Assert.True(await first.Bounded());
        await results.DisposeAsync().Bounded();
    }

    [Fact]
    public async Task An_infinite_source_is_fine()
    {
        await using var executor = Create();
        static IEnumerable<int> Naturals()
        {
            for (int n = 0; ; n++) yield return n;
        }

        var got = new List<int>();
        await foreach (int result in executor.MapAsync(Naturals(), Works.AddOne))
        {
            got.Add(result);
            if (got.Count == 5) break;
        }

        Assert.Equal([1, 2, 3, 4, 5], got);
    }

    [Fact]
    public async Task An_async_source_is_fine()
    {
        await using var executor = Create();
        static async IAsyncEnumerable<int> SourceAsync()
        {
            for (int n = 0; n < 20; n++)
            {
                if (n % 3 == 0) await Task.Yield();
                yield return n;
            }
        }

        Assert.Equal(Enumerable.Range(1, 20), await executor.MapAsync(SourceAsync(), Works.AddOne).ToListAsync().Bounded());
    }

    [Fact]
    public async Task A_result_is_delivered_while_an_async_source_is_waited_for()
    {
        await using var executor = Create();
        var more = new TaskCompletionSource();
        async IAsyncEnumerable<int> SourceAsync()
        {
            yield return 1;
            await more.Task;
            yield return 2;
        }

        var results = executor.MapAsync(SourceAsync(), Works.AddOne).GetAsyncEnumerator();
        Assert.True(await results.MoveNextAsync().Bounded());
        Assert.Equal(2, results.Current);
        var second = results.MoveNextAsync();
        more.SetResult();
        Assert.True(await second.Bounded());
        Assert.Equal(3, results.Current);
        Assert.False(await results.MoveNextAsync().Bounded());
        await results.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Empty_input_ends_at_once(bool ordered)
    {
        await using var executor = Create();
        var options = new MapOptions { Ordered = ordered };
        Assert.Empty(await executor.MapAsync(Array.Empty<int>(), Works.AddOne, options).ToListAsync().Bounded());
        Assert.Empty(await executor.OutcomesAsync(Array.Empty<int>(), Works.AddOne, options).ToListAsync().Bounded());
        await executor.ForEachAsync(Array.Empty<int>(), static _ => { }, options).Bounded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_items_lose_none_and_double_none(bool ordered)
    {
        await using var executor = Create();
        var results = await executor.MapAsync(Enumerable.Range(0, 5_000), Works.AddOne, new MapOptions { Ordered = ordered, MaxConcurrency = 16 }).ToListAsync().Bounded();
        if (!ordered) results.Sort();
        Assert.Equal(Enumerable.Range(1, 5_000), results);
    }

    [Fact]
    public async Task Each_enumeration_is_a_run_of_its_own()
    {
        await using var executor = Create();
        var results = executor.MapAsync(Enumerable.Range(0, 3), Works.AddOne);
        Assert.Equal([1, 2, 3], await results.ToListAsync().Bounded());
        Assert.Equal([1, 2, 3], await results.ToListAsync().Bounded());
    }

    [Fact]
    public async Task A_constant_reaches_every_item()
    {
        await using var executor = Create(concurrency: 2);
        var table = Constant.Of(new[] { 10, 20, 30 });
        Assert.Equal([10, 20, 30], await executor.MapAsync(Enumerable.Range(0, 3).Select(i => (table, i)), LookUp).ToListAsync().Bounded());
    }

    private static int LookUp((Constant<int[]> Table, int Index) item) => item.Table.Value[item.Index];
}
