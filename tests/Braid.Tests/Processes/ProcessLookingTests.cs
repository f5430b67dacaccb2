using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>Callers that wait look for their results themselves: many at once, and none of them may take a wake-up away from another.</summary>
public sealed class ProcessLookingTests : ProcessTest
{
    private const int Threads = 6;

    [Fact]
    public async Task Many_callers_that_look_at_once_all_get_their_results() => await LookAsync(Make(workers: 2), rounds: 300).WaitAsync(Limit);

    [Fact]
    public async Task Results_larger_than_the_ring_reach_callers_while_others_look()
    {
        var executor = Make(workers: 2);
        byte[] large = new byte[200_000];
        new Random(1).NextBytes(large);
        await OnThreadsAsync(async thread =>
        {
            for (int i = 0; i < 200; i++)
            {
                if (thread % 2 == 0) Assert.Equal(i + 1, await Run(executor, Works.AddOne, i));
                else Assert.Equal(large, await Run(executor, Works.Same<byte[]>, large));
            }
        }).WaitAsync(Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Results_larger_than_the_ring_reach_a_map_among_tiny_ones(bool isOrdered)
    {
        var executor = Make(workers: 2);
        var random = new Random(2);
        int[] lengths = [.. Enumerable.Range(0, 2000).Select(i => i % 7 == 0 ? random.Next(300_000) : random.Next(10))];
        var options = new MapOptions { MaxConcurrency = 100, Ordered = isOrdered };
        var received = new List<int>();
        await foreach (byte[] result in executor.MapAsync(lengths.Select(length => new byte[length]), Work.Of<byte[], byte[]>(Works.Same), options)) received.Add(result.Length);
        if (!isOrdered) received.Sort();
        Assert.Equal(isOrdered ? lengths : [.. lengths.Order()], received);
    }

    [Fact]
    public async Task Items_go_on_while_the_consumer_of_their_map_is_away()
    {
        const int Window = 3000;
        var executor = Make(workers: 2);
        await using var results = executor.MapAsync(Enumerable.Range(0, int.MaxValue), Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = Window }).GetAsyncEnumerator();
        for (int taken = 1; taken <= 3 * Window; taken++) Assert.True(await results.MoveNextAsync());

        // More than the workers have at hand, so somebody must send the rest. The last result taken has made no room yet.
        await Until(() => Timeline.Events.Count(e => e.Phase == TracePhase.Succeeded) == (4 * Window) - 1, "the whole window has run");
    }

    [Fact]
    public async Task Workers_that_leave_while_callers_look_lose_nothing()
    {
        var executor = Make(new ProcessOptions { Workers = 2, RecycleAfter = 20 });
        await LookAsync(executor, rounds: 4).WaitAsync(Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_program_with_few_processors_loses_no_wake_up(int processors)
    {
        using var program = ChildProgram.Start(LookInProgram, ("DOTNET_PROCESSOR_COUNT", $"{processors}"));
        try
        {
            string? said = await program.StandardOutput.ReadLineAsync().WaitAsync(Limit);
            Assert.Equal($"{processors} processors: all looked", said);
            await program.WaitForExitAsync().WaitAsync(Limit);
            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            program.Kill();
        }
    }

    private static void LookInProgram()
    {
        var executor = new ProcessExecutor(new() { Workers = 2 });
        LookAsync(executor, rounds: 200).GetAwaiter().GetResult();
        executor.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Console.WriteLine($"{Environment.ProcessorCount} processors: all looked");
    }

    /// <summary>Single items, maps, maps that are left early and calls that are cancelled, all at once.</summary>
    private static Task LookAsync(Executor executor, int rounds) => OnThreadsAsync(async thread =>
    {
        var random = new Random(thread);
        for (int round = 0; round < rounds; round++)
        {
            switch (random.Next(4))
            {
                case 0:
                    await MapAsync(executor, random.Next(1, 50), taken: int.MaxValue);
                    break;
                case 1:
                    await MapAsync(executor, 50, taken: random.Next(50));
                    break;
                case 2:
                    await CancelAsync(executor, random.Next(3));
                    break;
                default:
                    for (int i = 0; i < 10; i++) Assert.Equal(i + 1, await Run(executor, Works.AddOne, i));
                    break;
            }
        }
    });

    private static async Task MapAsync(Executor executor, int count, int taken)
    {
        int next = 0;
        await foreach (int result in executor.MapAsync(Enumerable.Range(0, count), Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = 16 }))
        {
            Assert.Equal(++next, result);
            if (next >= taken) return;
        }

        Assert.Equal(count, next);
    }

    private static async Task CancelAsync(Executor executor, int when)
    {
        using var stop = new CancellationTokenSource();
        var items = Enumerable.Range(0, 5).Select(i => Run(executor, Works.AddOne, i, stop.Token).AsTask()).ToArray();
        if (when > 0) await items[when];
        await stop.CancelAsync();
        foreach (var item in items)
        {
            try
            {
                await item;
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private static async Task OnThreadsAsync(Func<int, Task> look)
    {
        // Threads of their own: what blocks or spins in one must not keep another from starting.
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Factory.StartNew(
            () => look(t), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
    }
}
