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
    /// <exception cref="Exception">The first failure of a child or of the body, without the cancellations that it caused.</exception>
    public Task GroupAsync(Func<TaskGroup, Task> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunGroupAsync<object?>(
            async group =>
            {
                await body(group).ConfigureAwait(true); // Where it is called: the body's own context.
                return null;
            },
            cancellationToken);
    }

    /// <returns>What the body returns.</returns>
    /// <inheritdoc cref="GroupAsync(Func{TaskGroup, Task}, CancellationToken)"/>
    public Task<TResult> GroupAsync<TResult>(Func<TaskGroup, Task<TResult>> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunGroupAsync(body, cancellationToken);
    }

    private async Task<TResult> RunGroupAsync<TResult>(Func<TaskGroup, Task<TResult>> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var group = new TaskGroup(this, cancellationToken);
        TResult result = default!;
        Exception? failure = null;
        try
        {
            result = await body(group).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await group.EndAsync(failure, cancellationToken).ConfigureAwait(WatchfulSynchronizationContext.IsKept);

        // A body that the group's own Cancel ended has no result to give.
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return result;
    }
}
