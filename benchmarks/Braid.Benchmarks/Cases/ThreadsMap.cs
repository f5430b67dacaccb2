using System.Threading.Channels;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What an item costs on its way through a map on two threads and back.</summary>
internal static class ThreadsMap
{
    private const int Threads = 2;
    private const int BatchSize = 1000;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "threads-map",
        Description = "1,000,000 calls of x + 1 on two threads, the results summed (CPython: 100,000). Parallel.ForEachAsync, the Task.Run batches and the channel gather the results in an array first.",
        Unit = "items/s",
        Items = 1_000_000,
        Entrants =
        [
            Entrant.Ours("MapAsync", MapAsync),
            Entrant.Ours("MapAsync 64 ahead", MapAheadAsync),
            Entrant.Ours("MapAsync unordered", MapUnorderedAsync),
            Entrant.DotNet("Parallel.ForEachAsync", ForEachAsync),
            Entrant.DotNet("Task.Run, batches of 1000", TaskRunAsync),
            Entrant.DotNet("Channel with 2 readers", ChannelAsync),
            Entrant.Go("2 goroutines, buffered channels", "threads-map"),
            Entrant.Python("ThreadPoolExecutor.map", "threads", "map") with { Items = 100_000, Warmups = 1 },
        ],
    };

    private static Task MapAsync(Rounds rounds) => MapWithAsync(rounds, null);

    // How much of the cost is the window of the default options.
    private static Task MapAheadAsync(Rounds rounds) => MapWithAsync(rounds, new MapOptions { MaxConcurrency = 64 });

    private static Task MapUnorderedAsync(Rounds rounds) => MapWithAsync(rounds, new MapOptions { Ordered = false });

    private static async Task MapWithAsync(Rounds rounds, MapOptions? options)
    {
        await using var executor = new ThreadExecutor(new ThreadOptions { Threads = Threads });
        var work = Work.Of<int, int>(Trivial.AddOne);
        await rounds.RateAsync(async () =>
        {
            long sum = 0;
            await foreach (int result in executor.MapAsync(Enumerable.Range(0, rounds.Items), work, options)) sum += result;
            return sum;
        }, Trivial.Sum(rounds.Items));
    }

    private static Task ForEachAsync(Rounds rounds) => rounds.RateAsync(async () =>
    {
        int[] results = new int[rounds.Items];
        await Parallel.ForEachAsync(Enumerable.Range(0, rounds.Items), new ParallelOptions { MaxDegreeOfParallelism = Threads }, (x, _) =>
        {
            results[x] = Trivial.AddOne(x);
            return ValueTask.CompletedTask;
        });
        return Trivial.Sum(results);
    }, Trivial.Sum(rounds.Items));

    private static Task TaskRunAsync(Rounds rounds) => rounds.RateAsync(async () =>
    {
        long sum = 0;
        foreach (int[] batch in Enumerable.Range(0, rounds.Items).Chunk(BatchSize))
            sum += Trivial.Sum(await Task.WhenAll(batch.Select(x => Task.Run(() => Trivial.AddOne(x)))));
        return sum;
    }, Trivial.Sum(rounds.Items));

    private static Task ChannelAsync(Rounds rounds) => rounds.RateAsync(async () =>
    {
        int[] results = new int[rounds.Items];
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(BatchSize) { SingleWriter = true });
        var readers = Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
        {
            while (await channel.Reader.WaitToReadAsync())
                while (channel.Reader.TryRead(out int x)) results[x] = Trivial.AddOne(x);
        })).ToArray();
        for (int x = 0; x < rounds.Items; x++)
            if (!channel.Writer.TryWrite(x)) await channel.Writer.WriteAsync(x);
        channel.Writer.Complete();
        await Task.WhenAll(readers);
        return Trivial.Sum(results);
    }, Trivial.Sum(rounds.Items));
}
