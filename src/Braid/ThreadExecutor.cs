using Braid.Threads;

namespace Braid;

/// <summary>Runs each item on a dedicated thread, from start to end, across awaits too.</summary>
/// <remarks>
/// <code>
///  SubmitAsync ──► WorkQueue ──► ThreadWorker 0 … Threads-1        started on demand, one lane each
///                                  │ MarkStarted · (GlobalLock) · ExecuteAsync
///                                  │ awaits: the thread runs the item's continuations and nothing else
///                                  ▼
///                                item ends
///
///  an item awaits another of the same executor   → its thread is parked; an extra worker runs the inner item
///  an item blocks its thread on another          → found when nothing can go on any more; the wait throws and names both
///  an item's time is over and its work goes on   → the item ends, the thread is written off, a new one takes its place
/// </code>
/// <para>The threads are the executor's own, never the .NET pool's, so blocking work cannot starve the rest of the program. They are
/// background threads: an executor that nobody disposes does not keep the program alive.</para>
/// <para>Code after <c>await x.ConfigureAwait(false)</c> leaves the thread, as always.</para>
/// </remarks>
public sealed class ThreadExecutor : Executor
{
    private readonly ThreadOptions _options;
    private readonly WorkQueue _queue;

    /// <summary>Checks the options; threads are started when items need them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ThreadExecutor(ThreadOptions? options = null)
        : base(options ?? new())
    {
        _options = options ?? new();
        _queue = new WorkQueue(this, _options);
    }

    /// <summary><see cref="ThreadOptions.Threads"/>.</summary>
    public override int Capacity => _options.Threads;

    internal override int ReadAhead => QueuedReadAhead;

    /// <summary>Queues the item. The queue has no bound: <c>MapAsync</c> keeps to its concurrency, <c>RunAsync</c> is the caller's to bound.</summary>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    protected internal override ValueTask SubmitAsync(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _queue.Add(item);
        return default;
    }

    /// <summary>Waits for the accepted items, then ends the threads. Not for the executor's own work: it would wait for itself.</summary>
    /// <exception cref="InvalidOperationException">Called by work that runs on this executor.</exception>
    public override async ValueTask DisposeAsync()
    {
        ThrowIfOwnWork();

        await _queue.CompleteAsync().ConfigureAwait(false);
    }
}
