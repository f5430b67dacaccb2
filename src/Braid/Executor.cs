using Braid.Items;

namespace Braid;

/// <summary>
/// Takes work and runs it: on threads, in processes, on a loop. The verbs are the same for every engine and are written once, here;
/// an engine has to do one thing, <see cref="SubmitAsync"/>.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Five steps, the same for every engine: make · submit · take · run · finish. Only take and run differ.</para>
/// <para>Each engine keeps these promises, which the contract tests spell out: results in source order, lazy sources, an item's own
/// exception at its place, nothing left behind by a map that ends early, disposal that waits for what was accepted.</para>
/// </remarks>
public abstract partial class Executor : IAsyncDisposable
{
    // How far ahead, in capacities. With one, workers that are done stand still until the first in order is, more than half of the time if items
    // take very different times. Chosen by `benchmarks map-uneven`; docs/decisions/0006.
    private const int Capacities = 16;

    // Engines of more capacity than this have enough to go on with, and each item that is ahead costs memory.
    private const int MostAhead = 1024;

    private readonly ExecutorOptions _options;
    private SpinBudget _looks = new();

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message has its name and the value.</exception>
    protected Executor(ExecutorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>The name in messages and timelines.</summary>
    public string Name => _options.Name ?? GetType().Name;

    /// <summary>Items that can be in progress at once.</summary>
    public abstract int Capacity { get; }

    /// <summary>How many items a map without a limit of its own has between its source and its consumer: at least the capacity.</summary>
    internal virtual int ReadAhead => Capacity;

    /// <summary><see cref="ReadAhead"/> of an engine that queues what it cannot begin, and so accepts it at once.</summary>
    private protected int QueuedReadAhead => (int)Math.Max(Capacity, Math.Min((long)Capacity * Capacities, MostAhead));

    internal TimeProvider TimeProvider => _options.TimeProvider;

    internal Timeline? Timeline => _options.Timeline;

    /// <summary>Runs one item.</summary>
    /// <param name="work">The function.</param>
    /// <param name="arg">Its argument.</param>
    /// <param name="cancellationToken">
    /// While the item waits for a worker: it never runs. While it runs: its token is cancelled, and what follows depends on the engine.
    /// </param>
    /// <returns>The result, or the work's own exception. Await it once, as any value task.</returns>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    /// <exception cref="WorkNotPortableException">The engine runs work elsewhere and this work cannot leave the process.</exception>
    public ValueTask<TResult> RunAsync<TArg, TResult>(Work<TArg, TResult> work, TArg arg, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<TResult>(cancellationToken);

        var item = new RunItem<TArg, TResult>(this, work, arg, cancellationToken);
        ValueTask accepted;
        try
        {
            item.MarkQueued();
            item.WatchCancellation();
            accepted = SubmitAsync(item);
        }
        catch (Exception exception)
        {
            // Through the item, so that the timeline and the registration hear of it too.
            item.Fail(exception);
            return item.Result;
        }

        return accepted.IsCompletedSuccessfully ? item.Result : AwaitAcceptanceAsync(accepted, item);
    }

    /// <summary>Disposes like <see cref="DisposeAsync"/>: finishes what was accepted, then releases the workers. Twice, or from two threads, is harmless.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>
    /// The seam: all that an engine has to do. Completes when the item is ACCEPTED, not when it is done. An engine that accepts an item
    /// finishes it; one that throws instead has refused it, and the whole call of the user fails with that exception.
    /// </summary>
    protected internal abstract ValueTask SubmitAsync(WorkItem item);

    /// <summary>Before a caller goes to sleep until the item ends: true if it has ended meanwhile.</summary>
    internal bool LookFor(WorkItem item)
    {
        int rounds = CanAdvance ? _looks.Rounds : 0;
        if (rounds == 0) return false;
        bool isFinished = AdvanceUntil(item, static item => item.IsFinished, rounds);
        _looks.Learn(isFinished);
        return isFinished;
    }

    /// <summary>Lets a caller that waits do the engine's work for a moment: see <see cref="TryAdvance"/>. True once it has what it waits for.</summary>
    internal bool AdvanceUntil<TState>(TState state, Func<TState, bool> isDone, int rounds, bool comesBack = false)
    {
        BeginLooking();
        bool isReached = false;
        for (int round = 0; round < rounds && !isReached; round++)
        {
            if (!TryAdvance()) SpinBudget.Pause(round);
            isReached = isDone(state);
        }

        if (isReached && comesBack) PauseLooking();
        else EndLooking();
        return isReached;
    }

    /// <summary>True if <see cref="TryAdvance"/> can do something.</summary>
    internal virtual bool CanAdvance => false;

    /// <summary>A thread is about to look for the end of items instead of sleeping: see <see cref="TryAdvance"/>.</summary>
    internal virtual void BeginLooking()
    {
    }

    /// <summary>
    /// Does, on the thread of a caller that waits for an item, what the engine has at hand: saves the wake-up of a thread of the engine's.
    /// Never waits. Between <see cref="BeginLooking"/> and <see cref="EndLooking"/>.
    /// </summary>
    /// <returns>True if something was done.</returns>
    internal virtual bool TryAdvance() => false;

    /// <summary>The thread has what it looked for, and will look again after a moment.</summary>
    internal virtual void PauseLooking() => EndLooking();

    /// <summary>The thread sleeps, or does something else.</summary>
    internal virtual void EndLooking()
    {
    }

    /// <summary>For engines whose disposal waits for their items: work that runs on this executor would wait for its own end.</summary>
    private protected void ThrowIfOwnWork()
    {
        if (WorkItem.Current is { IsFinished: false } current && current.Executor == this)
        {
            throw new InvalidOperationException(
                $"Work '{current.Name}' disposes '{Name}', on which it runs, and would wait for its own end. Dispose the executor where it was made.");
        }
    }

    private static async ValueTask<TResult> AwaitAcceptanceAsync<TArg, TResult>(ValueTask accepted, RunItem<TArg, TResult> item)
    {
        try
        {
            await accepted.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception exception)
        {
            item.Fail(exception);
        }

        return await item.Result.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
    }
}
