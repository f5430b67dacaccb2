using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>How far a map without a limit of its own reads ahead of its workers, and how much a worker has at hand.</summary>
public sealed class ProcessReadAheadTests : ProcessTest
{
    private const int Workers = 2;
    private const int Usual = 16 * Workers;
    private const int MostTiny = 4096;

    [Fact]
    public async Task A_map_of_tiny_items_reads_further_ahead_and_never_more_than_4096()
    {
        var executor = Make(workers: Workers);
        int most = await FurthestAsync(executor, Work.Of<int, int>(Works.AddOne), new(), items: 50_000);
        Assert.InRange(most, Usual + 1, MostTiny);
    }

    [Fact]
    public async Task A_map_of_tiny_items_reads_no_further_than_a_limit_of_its_own()
    {
        var executor = Make(workers: Workers);
        Assert.Equal(50, await FurthestAsync(executor, Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = 50 }, items: 20_000));
    }

    [Fact]
    public async Task A_map_of_slower_items_reads_as_far_as_everywhere_again()
    {
        var executor = Make(workers: Workers);
        await FurthestAsync(executor, Work.Of<int, int>(Works.AddOne), new(), items: 20_000);
        await foreach (int _ in executor.MapAsync(Enumerable.Repeat(5, 100), Work.Of<int, int>(Sleep))) { }
        Assert.Equal(Usual, await FurthestAsync(executor, Work.Of<int, int>(Sleep), new(), items: 100, argument: 5));
    }

    [Fact]
    public async Task A_worker_has_no_more_long_calls_at_hand_than_can_be_sent_without_waiting_for_it()
    {
        var executor = Make(workers: 1);
        await foreach (int _ in executor.MapAsync(Enumerable.Range(0, 20_000), Work.Of<int, int>(Works.AddOne))) { }
        var worker = Assert.Single(executor.Queue.Ready);
        Assert.True(worker.Depth > 6, $"it may have {worker.Depth}");
        await foreach (int _ in executor.MapAsync(Enumerable.Repeat(new byte[10_000], 500), Work.Of<byte[], int>(Length))) { }
        Assert.InRange(worker.Depth, 2, 6);
    }

    private static int Sleep(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }

    private static int Length(byte[] bytes) => bytes.Length;

    /// <summary>The most items that had been read from the source and not yet taken.</summary>
    private static async Task<int> FurthestAsync(ProcessExecutor executor, Work<int, int> work, MapOptions options, int items, int argument = 1)
    {
        int read = 0;
        int taken = 0;
        int most = 0;
        IEnumerable<int> Source()
        {
            while (read < items)
            {
                // The one that the consumer has just been given is not ahead of it.
                most = Math.Max(most, ++read - taken);
                yield return argument;
            }
        }

        await foreach (int _ in executor.MapAsync(Source(), work, options)) taken++;
        Assert.Equal(items, taken);
        return most;
    }
}
