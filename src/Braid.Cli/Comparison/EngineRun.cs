namespace Braid.Cli.Comparison;

/// <summary>Runs all items once on one engine and measures it: start-up, warm-up, the measured run, the end of the executor.</summary>
internal sealed class EngineRun(ItemBatch items, TimeProvider timeProvider)
{
    // New code runs unoptimised at first, connections have to be opened, workers to load the work: all of that comes before the clock starts.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);

    // A worker process begins with no compiled code at all, in every turn; here most of it is warm from the turn before.
    private static readonly TimeSpan WorkerWarmUp = TimeSpan.FromMilliseconds(1200);
    private static readonly Work<int, int> Ready = Work.Of<int, int>(Answer, "ready");

    /// <param name="engine">What runs the items.</param>
    /// <param name="concurrency">How many at once.</param>
    /// <param name="warmUpConcurrency">How many at once in the warm-up; 0: no warm-up, because a single item takes too long.</param>
    /// <param name="ended">Told how many measured items have ended.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    internal async Task<Turn> RunAsync(
        EngineKind engine, int concurrency, int warmUpConcurrency, Action<int> ended, CancellationToken cancellationToken)
    {
        var timeline = new Timeline(timeProvider);
        var start = timeProvider.GetTimestamp();
        await using var executor = Engines.Create(engine, concurrency, timeline, timeProvider);
        await executor.RunAsync(Ready, 1, cancellationToken);
        var startUp = timeProvider.GetElapsedTime(start);
        if (warmUpConcurrency > 0) await WarmUpAsync(engine, executor, warmUpConcurrency, cancellationToken);
        return await MeasureAsync(executor, concurrency, startUp, timeline, ended, cancellationToken);
    }

    /// <summary>How the first item ends and how long it takes: whether a warm-up is affordable. In this process it is one for the code.</summary>
    internal async Task<(ItemEnd End, TimeSpan Time)> ProbeAsync(EngineKind engine, CancellationToken cancellationToken)
    {
        var timeline = new Timeline(timeProvider);
        await using var executor = Engines.Create(engine, 1, timeline, timeProvider);
        var isFirst = true;
        var ends = await items.RunAsync(executor, 1, () => isFirst && !(isFirst = false), static _ => { }, cancellationToken);
        return (ends[0], ItemTimes.Of(timeline.Events).Running.SingleOrDefault());
    }

    private async Task WarmUpAsync(EngineKind engine, Executor executor, int concurrency, CancellationToken cancellationToken)
    {
        var limit = engine == EngineKind.Processes ? WorkerWarmUp : WarmUp;
        var start = timeProvider.GetTimestamp();

        // Less far ahead than by default: what has been read still runs when the time is over.
        // Again and again: with few items one pass would be over before the compiler has begun.
        while (timeProvider.GetElapsedTime(start) < limit)
            await items.RunAsync(executor, concurrency, () => timeProvider.GetElapsedTime(start) < limit, static _ => { }, cancellationToken);
    }

    private async Task<Turn> MeasureAsync(
        Executor executor, int concurrency, TimeSpan startUp, Timeline timeline, Action<int> ended, CancellationToken cancellationToken)
    {
        // What earlier engines have left behind is neither this one's memory nor its time to collect.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = timeline.Events.Select(static e => e.ItemId).DefaultIfEmpty().Max();

        await using var sampler = ResourceSampler.Start(timeProvider);
        var start = timeProvider.GetTimestamp();
        var ends = await items.RunAsync(executor, null, static () => true, ended, cancellationToken);
        var wall = timeProvider.GetElapsedTime(start);
        var use = sampler.Read();

        TraceEvent[] events = [.. timeline.Events.Where(e => e.ItemId > before)];
        return new Turn { Concurrency = concurrency, StartUp = startUp, Wall = wall, Use = use, Times = ItemTimes.Of(events), Ends = ends, Events = events };
    }

    /// <summary>Shows that a worker is up and answers.</summary>
    private static int Answer(int value) => value;
}
