using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Braid.Items;

namespace Braid;

public abstract partial class Executor
{
    /// <summary>
    /// Opens a scope: nothing started in it outlives it, and the first failure cancels the rest. Returns when the body and all children have
    /// ended.
    /// </summary>
    /// <param name="body">Starts children with <c>group.RunAsync</c>. Runs where it is called; only the children run on the executor.</param>
    /// <param name="cancellationToken">Cancels every child; the call waits for them and then raises <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="Exception">
    /// The first failure of a child or of the body, without the cancellations that it caused. If there were several, <see cref="Task.Exception"/> of
    /// the task has them all, as with <see cref="Task.WhenAll(Task[])"/>.
    /// </exception>
    public Task GroupAsync(Func<TaskGroup, Task> body, CancellationToken cancellationToken = default) => GroupAsync(body, null, cancellationToken);

    /// <inheritdoc cref="GroupAsync(Func{TaskGroup, Task}, CancellationToken)"/>
    /// <returns>What the body returns.</returns>
    public Task<TResult> GroupAsync<TResult>(Func<TaskGroup, Task<TResult>> body, CancellationToken cancellationToken = default) =>
        GroupAsync(body, null, cancellationToken);

    /// <inheritdoc cref="GroupAsync(Func{TaskGroup, Task}, CancellationToken)"/>
    /// <param name="body">Starts children with <c>group.RunAsync</c>. Runs where it is called; only the children run on the executor.</param>
    /// <param name="options">A time limit, whether a child's failure stays its own, whether groups around this one may cancel it; null: the defaults.</param>
    /// <param name="cancellationToken">Cancels every child; the call waits for them and then raises <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="GroupTimeoutException">The group's time was over first.</exception>
    [OverloadResolutionPriority(1)] // So that new() { … } makes options and not a token.
    public Task GroupAsync(Func<TaskGroup, Task> body, GroupOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return GroupAsync<object?>(
            async group =>
            {
                await NotNull(body(group)).ConfigureAwait(true); // Where it is called: the body's own context.
                return null;
            },
            options,
            cancellationToken);
    }

    /// <inheritdoc cref="GroupAsync(Func{TaskGroup, Task}, GroupOptions?, CancellationToken)"/>
    /// <returns>What the body returns.</returns>
    [OverloadResolutionPriority(1)]
    public Task<TResult> GroupAsync<TResult>(Func<TaskGroup, Task<TResult>> body, GroupOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        options?.Validate();
        return RunGroupAsync(body, options ?? new(), cancellationToken).Unwrap();
    }

    // A task in a task: only the inner one can have several failures.
    private async Task<Task<TResult>> RunGroupAsync<TResult>(Func<TaskGroup, Task<TResult>> body, GroupOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var group = new TaskGroup(this, options, cancellationToken);
        TResult result = default!;
        Exception? failure = null;
        group.Enter();
        try
        {
            result = await NotNull(body(group)).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await group.EndAsync(failure).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        if (group.Failures.Count == 1) ExceptionDispatchInfo.Throw(group.Failures[0]);
        if (group.Failures.Count > 1)
        {
            var failed = new TaskCompletionSource<TResult>();
            failed.SetException(group.Failures);
            return failed.Task;
        }

        // A body that the group's own Cancel ended has no result to give.
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return Task.FromResult(result);
    }

    private static TTask NotNull<TTask>(TTask? task) where TTask : Task =>
        task ?? throw new InvalidOperationException("The group's body returned null instead of a task; return Task.CompletedTask or make it async.");
}
