using System.Runtime.CompilerServices;
using Braid.Items;

namespace Braid;

/// <remarks>This part runs work that returns nothing.</remarks>
public static partial class ExecutorExtensions
{
    /// <summary>Runs work that returns nothing on every item of the source, and returns when all are done.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="source">The arguments, read lazily.</param>
    /// <param name="work">The function.</param>
    /// <param name="options">Concurrency, what happens on failure, time limits, attempts, progress. Order has no meaning here.</param>
    /// <param name="cancellationToken">Cancels what runs and ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    /// <exception cref="Exception">The first failure; see <see cref="ErrorMode"/> for when.</exception>
    public static Task ForEachAsync<TArg>(
        this Executor executor, IEnumerable<TArg> source, Action<TArg> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.Action, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(-1)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IEnumerable<TArg> source, Action<TArg, CancellationToken> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.ActionWithToken, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, Task> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainTask, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, Task> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainTaskWithToken, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, ValueTask> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainValueTask, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, ValueTask> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainValueTaskWithToken, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    public static Task ForEachAsync<TArg>(
        this Executor executor, IAsyncEnumerable<TArg> source, Action<TArg> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.Action, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(-1)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IAsyncEnumerable<TArg> source, Action<TArg, CancellationToken> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.ActionWithToken, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, Task> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainTask, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, Task> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainTaskWithToken, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, ValueTask> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainValueTask, name), options, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArg}(Executor, IEnumerable{TArg}, Action{TArg}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static Task ForEachAsync<TArg>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, ValueTask> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        ForEachCoreAsync(NotNull(executor).MapAsync(source, Work.OfNothing<TArg>(work, WorkShape.PlainValueTaskWithToken, name), options, cancellationToken));

    private static async Task ForEachCoreAsync(IAsyncEnumerable<Nothing> results)
    {
        await foreach (var _ in results.ConfigureAwait(WatchfulSynchronizationContext.IsKept))
        {
            // The end of each item is all there is to know.
        }
    }
}
