using Braid.Items;

namespace Braid;

/// <summary>How many items are run, in which order results come, and what happens when one fails.</summary>
/// <remarks>Immutable. Values out of range are refused by the call that is given them, with the property's name and the value.</remarks>
public sealed record MapOptions
{
    internal static readonly MapOptions Default = new();

    /// <summary>
    /// Items in progress at once, 1 or more, and at the same time how far the source is read ahead of the results taken. Null: the executor's
    /// <see cref="Executor.Capacity"/> in progress, and read 16 times as far ahead (at most 1,024 items, or the capacity if that is more), so that
    /// one slow item does not keep the others from being begun. Inline and engines of your own read only as far as their capacity; for tiny items in
    /// worker processes up to 4,096 items are read ahead.
    /// </summary>
    /// <remarks>
    /// Arguments and results in between are held in memory. Results in source order need room behind a slow item: a limit that is no greater than the
    /// capacity leaves workers idle until it is done.
    /// </remarks>
    public int? MaxConcurrency { get; init; }

    /// <summary>True: results in source order. False: the fastest first.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>What <c>MapAsync</c> does when an item fails. <c>OutcomesAsync</c> never stops and does not read it.</summary>
    public ErrorMode OnError { get; init; } = ErrorMode.StopAtFirst;

    /// <summary>
    /// Time limit of one attempt, counted from when a worker began it (in processes: from when this program hears so). Threads: the item ends and work that ignores its token keeps its
    /// thread, which is replaced. Processes: enforced by killing the worker. Loop: enforced at awaits. Inline: refused. At most 49 days, or infinite for none.
    /// </summary>
    public TimeSpan ItemTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// A limit relative to the work itself, more than 1; null: none. 5 means: five times the median time of this map's items that have given a
    /// result, as soon as there are 10 of them, and 100 ms at least. It holds for items that already run, and moves with the median. Together with
    /// <see cref="ItemTimeout"/> the smaller holds. Enforced like that one, and refused where that one is.
    /// </summary>
    public double? ItemTimeoutFactor { get; init; }

    /// <summary>
    /// How often an item is tried before it has failed, 1 or more. More than 1 only for work that may run twice. An item that has ended two
    /// workers is set aside and not tried again (<see cref="WorkerLostException.WorkersLost"/>).
    /// </summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>The pause between two attempts, zero or more, at most 49 days.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Told after each item that is taken, from where the results are enumerated.</summary>
    public IProgress<MapProgress>? Progress { get; init; }

    /// <summary>Refuses values out of range, with the property's name and the value. The map's public method calls it.</summary>
    internal void Validate()
    {
        if (MaxConcurrency is { } limit) ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(MaxConcurrency));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        if (ItemTimeout != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ItemTimeout, TimeSpan.Zero);
        LongestTime.ThrowIfExceeded(RetryDelay, nameof(RetryDelay));
        LongestTime.ThrowIfExceeded(ItemTimeout, nameof(ItemTimeout), ", or Timeout.InfiniteTimeSpan for none");
        if (ItemTimeoutFactor is { } factor && !(factor > 1 && double.IsFinite(factor)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(ItemTimeoutFactor), factor, "ItemTimeoutFactor must be a number above 1: with 1, half of all items would be too slow.");
        }

        if (!Enum.IsDefined(OnError)) throw new ArgumentOutOfRangeException(nameof(OnError), OnError, "OnError must be a member of ErrorMode.");
    }
}

/// <summary>What <c>MapAsync</c> does when an item fails.</summary>
public enum ErrorMode
{
    /// <summary>Results before the failing item are delivered, its exception is raised at its place, and the rest is cancelled.</summary>
    StopAtFirst,

    /// <summary>The other items run and their results are delivered; then the first failure is raised.</summary>
    FinishThenThrow,
}

/// <summary>How far a map has come.</summary>
/// <param name="Submitted">Items given to the executor.</param>
/// <param name="Succeeded">Items whose result was taken.</param>
/// <param name="Failed">Items that ended without a result.</param>
/// <param name="Total">Items in the source, if it can tell without being read.</param>
/// <param name="Elapsed">Time since the enumeration began.</param>
public readonly record struct MapProgress(long Submitted, long Succeeded, long Failed, long? Total, TimeSpan Elapsed);
