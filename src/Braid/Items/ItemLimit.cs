namespace Braid.Items;

/// <summary>An item's time limit: a token that is cancelled when the caller gives up or the time is over, and which of the two it was.</summary>
internal sealed class ItemLimit(WorkItem item, TimeSpan timeout, CancellationToken callerToken) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(callerToken);
    private ITimer? _timer;
    private volatile bool _isOver;
    private int _isDisposed;

    internal CancellationToken Token => _source.Token;

    internal bool IsOver => _isOver;

    internal TimeSpan Timeout => timeout;

    /// <summary>Set by engines in this process: called when the item has ended by the limit and its work goes on.</summary>
    internal Action<WorkItem>? Abandoned { get; set; }

    internal void Start(TimeProvider timeProvider)
    {
        _timer = timeProvider.CreateTimer(static state => ((WorkItem)state!).ExpireLimit(), item, timeout, System.Threading.Timeout.InfiniteTimeSpan);

        // The item may have been finished from elsewhere meanwhile; its Dispose then saw no timer.
        if (Volatile.Read(ref _isDisposed) != 0) _timer.Dispose();
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

    /// <remarks>The source itself is left to the garbage collector: work that outlives its limit may still hold the token.</remarks>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, 1);
        _timer?.Dispose();
    }
}
