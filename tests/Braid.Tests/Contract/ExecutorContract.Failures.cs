using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Results_before_a_failing_item_are_delivered_and_its_own_exception_is_raised_at_its_place(int concurrency)
    {
        await using var executor = Create(concurrency);
        var got = new List<int>();
        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (int result in executor.MapAsync(Enumerable.Range(0, 10), Works.FailAt3)) got.Add(result);
        });
        Assert.Equal([0, 1, 2], got);
        Assert.Equal("three is not to be had", exception.Message);
        Assert.Contains(nameof(Works.FailAt3), exception.StackTrace);
    }

    [Fact]
    public async Task FinishThenThrow_runs_the_rest_first()
    {
        await using var executor = Create();
        var got = new List<int>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (int result in executor.MapAsync(Enumerable.Range(0, 6), Works.FailAt3Async, new MapOptions { OnError = ErrorMode.FinishThenThrow }))
                got.Add(result);
        });
        Assert.Equal([0, 1, 2, 4, 5], got);
    }

    [Fact]
    public async Task An_item_that_failed_is_told_of_also_when_the_source_fails_later()
    {
        await using var executor = Create();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (int result in executor.MapAsync(Source(), Works.FailAt3, new MapOptions { OnError = ErrorMode.FinishThenThrow, MaxConcurrency = 1 })) Assert.Fail($"{result}");
        });

        static IEnumerable<int> Source()
        {
            yield return 3;
            throw new EndOfStreamException("the source");
        }
    }

    [Fact]
    public async Task An_exception_whose_message_cannot_be_read_fails_its_item_and_nothing_else()
    {
        await using var executor = Create(options: new() { Timeline = new Timeline() });
        var failed = executor.RunAsync(Works.FailUnreadably, 1).AsTask();
        await ((Task)failed.ContinueWith(static _ => { }, TaskScheduler.Default)).Bounded(); // Not awaited itself: the test tool would read the message.
        Assert.NotNull(failed.Exception);
        Assert.Equal(2, await executor.RunAsync(Works.AddOne, 1).Bounded());
    }

    [Fact]
    public async Task OutcomesAsync_never_stops_a_failed_item_is_a_value_at_its_place()
    {
        await using var executor = Create();
        var outcomes = await executor.OutcomesAsync(Enumerable.Range(0, 6), Works.FailAt3).ToListAsync().Bounded();
        Assert.Equal([0L, 1, 2, 3, 4, 5], outcomes.Select(outcome => outcome.Index));
        Assert.Equal([0, 1, 2, 3, 4, 5], outcomes.Select(outcome => outcome.Arg));
        Assert.Equal([true, true, true, false, true, true], outcomes.Select(outcome => outcome.Succeeded));
        Assert.IsType<InvalidDataException>(outcomes[3].Exception);
        Assert.All(outcomes, outcome => Assert.Equal(1, outcome.Attempts));
        if (TimePasses) Assert.True(outcomes[3].Duration > TimeSpan.Zero); // The others may be quicker than a tick of 100 ns.
    }

    [Fact]
    public async Task OutcomesAsync_never_stops_a_timed_out_item_is_a_value_at_its_place()
    {
        if (!EnforcesItemTimeout) return; // Refused: see A_time_limit_that_cannot_be_kept_is_refused.
        var time = new ManualTime();
        await using var executor = Create(options: new() { TimeProvider = time });
        await using var gate = new Gate();
        var limit = TimeSpan.FromMinutes(5);
        var options = new MapOptions { ItemTimeout = limit, MaxConcurrency = 2 };
        await using var outcomes = executor.OutcomesAsync([gate.Call(0), gate.Call(1)], Works.PassAsync, options).GetAsyncEnumerator();
        var first = outcomes.MoveNextAsync().AsTask();
        var stuck = await gate.ArrivedAsync(1);

        // Time stands still until both are known to have begun and the first to have ended: an engine elsewhere hears of it later than we do.
        await time.TimerArmedAsync();
        await time.TimerArmedAsync();
        await gate.OpenAsync(0);
        Assert.True(await first.Bounded());
        Assert.True(outcomes.Current.Succeeded);
        time.Advance(limit);
        Assert.True(await outcomes.MoveNextAsync().Bounded());
        var exception = Assert.IsType<ItemTimeoutException>(outcomes.Current.Exception);
        Assert.Equal(limit, exception.Timeout);
        Assert.Contains(nameof(Works.PassAsync), exception.Message);
        await stuck.GoneAsync();
    }

    [Fact]
    public async Task OutcomesAsync_never_stops_a_crashed_item_is_a_value_at_its_place()
    {
        if (SharesMemory) return; // Work that ends its process ends ours.
        await using var executor = Create(concurrency: 2);
        var outcomes = await executor.OutcomesAsync(Enumerable.Range(0, 6), Works.ExitAt1).ToListAsync().Bounded();
        Assert.Equal([true, false, true, true, true, true], outcomes.Select(outcome => outcome.Succeeded));
        Assert.Equal(42, Assert.IsType<WorkerLostException>(outcomes[1].Exception).ExitCode);
    }

    [Fact]
    public async Task OutcomesAsync_never_stops_a_cancelled_item_is_a_value_at_its_place()
    {
        await using var executor = Create();
        var outcomes = await executor.OutcomesAsync(Enumerable.Range(0, 3), x => x == 1 ? throw new OperationCanceledException("not today") : x).ToListAsync().Bounded();
        Assert.Equal([true, false, true], outcomes.Select(outcome => outcome.Succeeded));
        Assert.IsAssignableFrom<OperationCanceledException>(outcomes[1].Exception);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_thrown_by_the_source_surfaces_at_its_position_and_does_not_pretend_to_come_from_an_item(bool outcomes)
    {
        await using var executor = Create();
        static IEnumerable<int> Source()
        {
            yield return 0;
            yield return 1;
            throw new EndOfStreamException("the source is broken");
        }

        int got = 0;
        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            if (outcomes)
            {
                await foreach (var outcome in executor.OutcomesAsync(Source(), Works.AddOne))
                {
                    Assert.True(outcome.Succeeded);
                    got++;
                }
            }
            else
            {
                await foreach (int _ in executor.MapAsync(Source(), Works.AddOne)) got++;
            }
        });
        Assert.Equal(2, got);
    }

    [Fact]
    public async Task The_first_failure_is_reported_and_cancellations_that_it_caused_are_not()
    {
        if (!IsConcurrent) return; // No other item runs that could be cancelled.
        await using var executor = Create(concurrency: 3);
        await using var gate = new Gate();
        var map = executor.MapAsync(Enumerable.Range(0, 3).Select(gate.Call), Works.PassAsync, new MapOptions { Ordered = false }).ToListAsync();
        var others = new[] { await gate.ArrivedAsync(0), await gate.ArrivedAsync(2) };
        await gate.FailAsync(1);
        Assert.Equal("gate 1 is closed", (await Assert.ThrowsAsync<InvalidDataException>(() => map.Bounded())).Message);
        foreach (var other in others) await other.GoneAsync();
    }

    [Fact]
    public async Task Leaving_the_enumeration_early_cancels_what_runs_and_releases_it()
    {
        await using var executor = Create(concurrency: 3);
        await using var gate = new Gate();
        var results = executor.MapAsync(Enumerable.Range(0, 100).Select(gate.Call), Works.PassAsync, Concurrency(3)).GetAsyncEnumerator();
        var first = results.MoveNextAsync().AsTask();
        if (!IsConcurrent) gate.StandingAnswer = GateAnswer.Open;
        await gate.OpenAsync(0);
        Assert.True(await first.Bounded());
        var running = IsConcurrent ? new[] { await gate.ArrivedAsync(1), await gate.ArrivedAsync(2) } : [];
        await results.DisposeAsync().Bounded();
        foreach (var visitor in running) await visitor.GoneAsync();
        Assert.False(gate.HasArrived(3));
        Assert.False(await results.MoveNextAsync().Bounded());

        // Nothing of the map holds the engine: other work gets through at once.
        Assert.Equal(42, await executor.RunAsync(Works.AddOne, 41).Bounded());
    }

    [Fact]
    public async Task Cancelling_a_map_cancels_what_runs_and_ends_the_enumeration()
    {
        await using var executor = Create(concurrency: 2);
        await using var gate = new Gate();
        using var source = new CancellationTokenSource();
        var map = executor.MapAsync(Enumerable.Range(0, 100).Select(gate.Call), Works.PassAsync, Concurrency(2), source.Token).ToListAsync();
        var running = await gate.ArrivedAsync(0);
        await source.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.Bounded());
        Assert.Equal(source.Token, exception.CancellationToken);
        await running.GoneAsync();
    }

    [Fact]
    public async Task An_item_that_is_cancelled_while_it_waits_never_runs()
    {
        if (!IsConcurrent) return; // Nothing waits: an item begins in the call that submits it.
        await using var executor = Create(concurrency: 1);
        await using var gate = new Gate();
        using var file = new TemporaryFile();
        using var source = new CancellationTokenSource();
        var busy = executor.RunAsync(Works.PassAsync, gate.Call(0)).AsTask();
        await gate.ArrivedAsync(0);
        var waiting = executor.RunAsync(Works.Touch, file.Path, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Bounded());
        await gate.OpenAsync(0);
        await busy.Bounded();
        await executor.DisposeAsync().Bounded();
        Assert.False(File.Exists(file.Path));
    }

    [Fact]
    public async Task Cancelling_a_running_item_cancels_its_token()
    {
        await using var executor = Create();
        await using var gate = new Gate();
        using var source = new CancellationTokenSource();
        var running = executor.RunAsync(Works.PassAsync, gate.Call(0), source.Token).AsTask();
        var visitor = await gate.ArrivedAsync(0);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Bounded());
        await visitor.GoneAsync();
    }

    [Fact]
    public async Task After_a_failing_call_the_executor_is_clean_and_usable()
    {
        await using var executor = Create();
        for (int round = 0; round < 3; round++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => executor.MapAsync(Enumerable.Range(0, 10), Works.FailAt3).ToListAsync().Bounded());
            await Assert.ThrowsAsync<InvalidDataException>(() => executor.RunAsync(Works.AlwaysFail, 7).Bounded());
        }

        Assert.Equal([1, 2, 3], await executor.MapAsync(Enumerable.Range(0, 3), Works.AddOne).ToListAsync().Bounded());
    }

    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(2, 3, false)]
    [InlineData(3, 3, true)]
    [InlineData(5, 3, true)]
    public async Task MaxAttempts_one_attempt_raises_the_first_error_enough_attempts_give_the_result_too_few_raise_the_last_error(
        int maxAttempts, int needed, bool succeeds)
    {
        await using var executor = Create();
        using var file = new TemporaryFile();
        var outcome = Assert.Single(await executor.OutcomesAsync([new Tries(file.Path, needed)], Works.SucceedAtLast, new MapOptions { MaxAttempts = maxAttempts }).ToListAsync().Bounded());
        Assert.Equal(succeeds, outcome.Succeeded);
        Assert.Equal(Math.Min(maxAttempts, needed), outcome.Attempts);
        if (succeeds) Assert.Equal(needed, outcome.Result);
        else Assert.Equal($"call {maxAttempts} of {needed}", outcome.Exception!.Message);
    }

    [Fact]
    public async Task RetryDelay_passes_between_two_attempts()
    {
        var time = new ManualTime();
        await using var executor = Create(options: new() { TimeProvider = time });
        using var file = new TemporaryFile();
        var result = executor.MapAsync([new Tries(file.Path, 2)], Works.SucceedAtLast, new MapOptions { MaxAttempts = 2, RetryDelay = TimeSpan.FromHours(1) }).ToListAsync();
        await time.TimerArmedAsync();
        Assert.Equal(1, new FileInfo(file.Path).Length);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([2], await result.Bounded());
    }
}
