namespace Braid.Items;

/// <summary>
/// An item's time limit, of its own or relative to the others of its map: a token that is cancelled when the caller gives up or the time is
/// over, and which of the two it was.
/// </summary>
internal sealed class ItemLimit
{
    private readonly WorkItem _item;
    private readonly TimeSpan _ownTimeout;
    private readonly RelativeLimit? _others;
    private readonly CancellationTokenSource _source = new();

    // Given back at the end of the item: the caller's token lives as long as the map, and a map may have no end.
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;
    private LinkedListNode<RelativeLimit.RunningItem>? _running;
    private RelativeTimeout? _relative;
    private volatile bool _isOver;
    private int _isEnded;

    internal ItemLimit(WorkItem item, TimeSpan timeout, RelativeLimit? others, CancellationToken callerToken)
    {
        _item = item;
        _ownTimeout = timeout;
        _others = others;
        _registration = callerToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    internal CancellationToken Token => _source.Token;

    internal bool IsOver => _isOver;

    /// <summary>What holds now. A relative limit that is not known yet is a limit all the same: <see cref="TimeSpan.MaxValue"/>.</summary>
    internal TimeSpan Timeout
    {
        get
        {
            if (_others is null) return _ownTimeout;
            var relative = _others.Current?.Limit ?? TimeSpan.MaxValue;
            return _ownTimeout == System.Threading.Timeout.InfiniteTimeSpan || relative < _ownTimeout ? relative : _ownTimeout;
        }
    }

    /// <summary>Set by engines in this process: called when the item has ended by the limit and its work goes on.</summary>
    internal Action<WorkItem>? Abandoned { get; set; }

    internal void Start(TimeProvider timeProvider, long at)
    {
        if (_ownTimeout != System.Threading.Timeout.InfiniteTimeSpan)
            _timer = timeProvider.CreateTimer(static state => ((WorkItem)state!).ExpireLimit(), _item, _ownTimeout, System.Threading.Timeout.InfiniteTimeSpan);
        if (_others is not null) _running = _others.Begin(this, at);

        // The item may have been finished from elsewhere meanwhile; its End then saw no timer. Both sides have a fence between theirs and the other's.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isEnded) != 0) Stop(hasResult: false, at);
    }

    internal void Cancel()
    {
        _isOver = true;
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // A callback that the work registered has thrown. The work is over; its clean-up's errors have no item left to belong to.
        }
    }

    /// <summary>The item has run much longer than the others.</summary>
    internal void Expire(RelativeTimeout relative)
    {
        if (_isOver) return;
        _relative = relative;
        _item.ExpireLimit();
    }

    /// <summary>The item has ended. The token's source is left to the garbage collector: work that outlives its limit may still hold the token, which is cancelled then.</summary>
    internal void End(bool hasResult, long at)
    {
        Interlocked.Exchange(ref _isEnded, 1);
        _registration.Unregister();
        Stop(hasResult, at);
    }

    internal ItemTimeoutException ToException(string what, string executor)
    {
        string end = Abandoned is null ? "" : " If it ignores its token it goes on there, and its worker has been replaced.";
        if (_relative is not { } relative) return new($"{what} ran longer than its limit of {_ownTimeout} on '{executor}'.{end}") { Timeout = _ownTimeout };
        string reason = FormattableString.Invariant($"{relative.Factor} times the median of {relative.Median}");
        return new($"{what} ran longer than its relative limit of {relative.Limit} on '{executor}': {reason} that the finished items of its map took.{end}")
        {
            Timeout = relative.Limit,
            Factor = relative.Factor,
            Median = relative.Median,
        };
    }

    private void Stop(bool hasResult, long at)
    {
        _timer?.Dispose();
        if (Interlocked.Exchange(ref _running, null) is { } running) _others!.End(running, hasResult, at);
    }
}
