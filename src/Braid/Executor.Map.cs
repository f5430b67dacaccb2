using Braid.Items;

namespace Braid;

public abstract partial class Executor
{
    /// <summary>Runs many items and gives their results.</summary>
    /// <param name="source">
    /// The arguments. Read lazily, where the results are enumerated, and only so far ahead of the results taken as
    /// <see cref="MapOptions.MaxConcurrency"/> says; it may be infinite.
    /// </param>
    /// <param name="work">The function.</param>
    /// <param name="options">Concurrency, order, what happens on failure, time limits, attempts, progress.</param>
    /// <param name="cancellationToken">Cancels what runs and ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The results, in source order unless <see cref="MapOptions.Ordered"/> is false. Nothing runs before it is enumerated; each enumeration
    /// is a run of its own. Leaving it early cancels what is in progress and waits for its end.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        IAsyncEnumerable<TArg> source, Work<TArg, TResult> work, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new MapResults<TArg, TResult>(this, Checked(work), () => new AsyncEnumerableSource<TArg>(source), Checked(options), cancellationToken);
    }

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IAsyncEnumerable{TArg}, Work{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        IEnumerable<TArg> source, Work<TArg, TResult> work, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new MapResults<TArg, TResult>(this, Checked(work), () => new EnumerableSource<TArg>(source), Checked(options), cancellationToken);
    }

    /// <summary>
    /// Runs many items and gives each one's end. An item that fails, times out, crashes or is cancelled is a value at its place, not the end:
    /// for batches that must finish.
    /// </summary>
    /// <inheritdoc cref="MapAsync{TArg, TResult}(IAsyncEnumerable{TArg}, Work{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        IAsyncEnumerable<TArg> source, Work<TArg, TResult> work, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new MapOutcomes<TArg, TResult>(this, Checked(work), () => new AsyncEnumerableSource<TArg>(source), Checked(options), cancellationToken);
    }

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(IAsyncEnumerable{TArg}, Work{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        IEnumerable<TArg> source, Work<TArg, TResult> work, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new MapOutcomes<TArg, TResult>(this, Checked(work), () => new EnumerableSource<TArg>(source), Checked(options), cancellationToken);
    }

    private static Work<TArg, TResult> Checked<TArg, TResult>(Work<TArg, TResult> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return work;
    }

    private static MapOptions Checked(MapOptions? options)
    {
        options?.Validate();
        return options ?? MapOptions.Default;
    }
}
