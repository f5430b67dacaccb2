namespace Braid.Items;

/// <summary>
/// The limit that a map's items have from each other (<see cref="MapOptions.ItemTimeoutFactor"/>). One timer for all: the limit is the same for
/// those that run, so the one that began first is over first. Thread-safe.
/// </summary>
internal sealed class RelativeLimit(double factor, TimeProvider timeProvider) : IDisposable
{
    // Fewer say little about the median; the number is the one that users are told.
    private const int FewestItems = 10;

    // Below this a pause of the scheduler or the garbage collector would be taken for slow work.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    // Timers do not take more than 49 days. One that goes off too early is set again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly StreamingMedian _median = new();
    private readonly LinkedList<RunningItem> _running = new();
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;

    /// <summary>The limit and what it comes from; null: not known yet.</summary>
    internal RelativeTimeout? Current
    {
        get
        {
            lock (_gate) return Known;
        }
    }

    private RelativeTimeout? Known
    {
        get
        {
            if (_median.Count < FewestItems) return null;
            double ticks = Math.Min(_median.Value * factor, TimeSpan.MaxValue.Ticks / 2);
            var limit = TimeSpan.FromTicks((long)ticks);
            return new(limit < Shortest ? Shortest : limit, factor, TimeSpan.FromTicks((long)_median.Value));
        }
    }

    /// <summary>A worker has begun an item, at that moment or, if it is 0, now. The item's limit counts from now.</summary>
    internal LinkedListNode<RunningItem> Begin(ItemLimit limit, long at)
    {
        long now = timeProvider.GetTimestamp();
        var node = new LinkedListNode<RunningItem>(new(limit, now, at == 0 ? now : at));
        lock (_gate)
        {
            _running.AddLast(node);
            if (_running.First == node) Arm();
        }

        return node;
    }

    /// <summary>It has ended. Only the time of one that has a result says how long this work takes.</summary>
    internal void End(LinkedListNode<RunningItem> node, bool hasResult, long at)
    {
        lock (_gate)
        {
            if (node.List is not null) _running.Remove(node);
            if (!hasResult) return;
            _median.Add(timeProvider.GetElapsedTime(node.Value.BeganAt, at == 0 ? timeProvider.GetTimestamp() : at).Ticks);
            Arm();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _running.Clear();
            _timer?.Dispose();
        }
    }

    /// <summary>The timer is set to go off no later than the first item is over; if that is too early, it looks and is set again.</summary>
    private void Arm()
    {
        if (_running.First is not { } first || Known is not { } known) return;
        var left = known.Limit - timeProvider.GetElapsedTime(first.Value.HeardAt);
        left = left < TimeSpan.Zero ? TimeSpan.Zero : left > LongestWait ? LongestWait : left;
        long due = timeProvider.GetTimestamp() + (long)(left.TotalSeconds * timeProvider.TimestampFrequency);
        if (due >= _armedFor) return;
        _armedFor = due;
        if (_timer is null) _timer = timeProvider.CreateTimer(static state => ((RelativeLimit)state!).Look(), this, left, Timeout.InfiniteTimeSpan);
        else _timer.Change(left, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        List<ItemLimit> over = [];
        RelativeTimeout known;
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            known = Known!;
            while (_running.First is { } first && timeProvider.GetElapsedTime(first.Value.HeardAt) >= known.Limit)
            {
                over.Add(first.Value.Limit);
                _running.RemoveFirst();
            }

            Arm();
        }

        foreach (var limit in over) limit.Expire(known);
    }

    /// <param name="Limit">The item's.</param>
    /// <param name="HeardAt">When this program heard that it had begun: its limit counts from then, or it would be the shorter the busier this program is.</param>
    /// <param name="BeganAt">When its worker says that it began: for the median.</param>
    internal readonly record struct RunningItem(ItemLimit Limit, long HeardAt, long BeganAt);
}

/// <summary>A relative limit as it stood when an item was over it.</summary>
internal sealed record RelativeTimeout(TimeSpan Limit, double Factor, TimeSpan Median);
