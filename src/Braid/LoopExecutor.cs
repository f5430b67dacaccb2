using Braid.Items;
using Braid.Loops;

namespace Braid;

/// <summary>Runs items on event loops, many at a time on one thread, interleaved at their awaits.</summary>
/// <remarks>
/// <code>
///  SubmitAsync ──► in progress &lt; MaxInFlight? ──yes──► LoopWorker 0 … Loops-1     one thread and one EventLoop each, one lane each
///                        │ no                            │ MarkStarted · ExecuteAsync · at each await the next item's turn
///                        ▼                               ▼
///                     waiting ◄──── the next one ──── item ends
///
///  an item awaits another of the same executor → it runs on the same loop, beyond MaxInFlight
///  an item blocks the loop on another          → the wait throws after a second and names both
///  an item's time is over                      → the item ends at once, its place is free; what it awaits is left to its token
/// </code>
/// <para>For work that waits: thousands of items cost one thread. Work that computes or blocks holds up all the others on its loop; give it
/// to a <see cref="ThreadExecutor"/>, or to <see cref="EventLoop.OffloadAsync"/>.</para>
/// </remarks>
public sealed class LoopExecutor : Executor
{
    private readonly LoopOptions _options;
    private readonly LoopWorker[] _workers;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the fields below and each worker's InProgress.
    private readonly Lock _gate = new();
    private readonly Queue<WorkItem> _waiting = new();
    private int _inProgress;
    private bool _isDisposed;

    /// <summary>Checks the options; loops are started when items need them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public LoopExecutor(LoopOptions? options = null)
        : this(options ?? new(), options?.Seed is null ? null : new VirtualTime())
    {
    }

    private LoopExecutor(LoopOptions options, VirtualTime? time)
        : base(OnClock(options, time))
    {
        _options = OnClock(options, time);
        _workers = new LoopWorker[_options.Loops];
        for (int lane = 0; lane < _workers.Length; lane++) _workers[lane] = new LoopWorker(this, lane, _options);
    }

    /// <summary><see cref="LoopOptions.MaxInFlight"/>.</summary>
    public override int Capacity => _options.MaxInFlight;

    internal override int ReadAhead => QueuedReadAhead;

    /// <summary>Gives the item to the loop with the fewest, or queues it without bound when <see cref="LoopOptions.MaxInFlight"/> are in progress.</summary>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    protected internal override ValueTask SubmitAsync(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        LoopWorker worker;
        lock (_gate)
        {
            // Read once: the item may end meanwhile, cancelled, and then has none.
            var parent = item.Parent;
            bool isNested = parent is not null;
            ObjectDisposedException.ThrowIf(_isDisposed && !isNested, this);
            if (_inProgress >= _options.MaxInFlight && !isNested)
            {
                _waiting.Enqueue(item);
                return default;
            }

            _inProgress++;

            // With its parent, which may block on it by mistake: on another loop that would go unnoticed.
            worker = parent is null ? FewestInProgress() : _workers[parent.Lane];
            worker.InProgress++;
        }

        worker.Begin(item);
        return default;
    }

    /// <summary>Waits for the accepted items, then ends the loops. Not for the executor's own work: it would wait for itself.</summary>
    /// <exception cref="InvalidOperationException">Called by work that runs on this executor.</exception>
    public override async ValueTask DisposeAsync()
    {
        ThrowIfOwnWork();

        lock (_gate)
        {
            _isDisposed = true;
            if (_inProgress == 0) _drained.TrySetResult();
        }

        await _drained.Task.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        foreach (var worker in _workers) await worker.StopAsync().ConfigureAwait(false);
    }

    /// <summary>An item has ended on this loop, or its time is over: its place goes to the next.</summary>
    internal void FreePlace(LoopWorker worker)
    {
        WorkItem? next;
        lock (_gate)
        {
            do
            {
                if (_waiting.TryDequeue(out next)) continue;
                worker.InProgress--;
                if (--_inProgress == 0 && _isDisposed) _drained.TrySetResult();
                return;
            }
            while (next.IsFinished); // Cancelled while it waited.
        }

        worker.Begin(next);
    }

    // Time limits and delays of items are the virtual clock's, too. A clock that the user gave stays, to be refused.
    private static LoopOptions OnClock(LoopOptions options, VirtualTime? time) =>
        time is not null && options.TimeProvider == TimeProvider.System ? options with { TimeProvider = time } : options;

    private LoopWorker FewestInProgress()
    {
        var fewest = _workers[0];
        foreach (var worker in _workers)
            if (worker.InProgress < fewest.InProgress) fewest = worker;
        return fewest;
    }
}
