using System.Runtime.ExceptionServices;
using Braid.Items;

namespace Braid;

/// <summary>A scope of items that end together. Made by <see cref="Executor.GroupAsync(Func{TaskGroup, Task}, CancellationToken)"/>.</summary>
/// <remarks>
/// Thread-safe. The first failure, of a child or of the body, cancels the others; the group waits for all and then raises that failure, without
/// the cancellations that it caused. No child outlives the group.
/// </remarks>
public sealed class TaskGroup
{
    private readonly Executor _executor;
    private readonly CancellationTokenSource _source;

    // Guards _running, _isClosed and _failure.
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1; // The body.
    private bool _isClosed;
    private ExceptionDispatchInfo? _failure;

    internal TaskGroup(Executor executor, CancellationToken cancellationToken)
    {
        _executor = executor;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken = _source.Token;
    }

    /// <summary>Cancelled when a sibling fails, by <see cref="Cancel"/>, or when the group's caller gives up.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Starts a child. Children may start children as long as the group waits.</summary>
    /// <returns>The child's result. It need not be awaited: its failure is the group's.</returns>
    /// <exception cref="InvalidOperationException">The group has ended, or a child has failed and the group only waits for the others.</exception>
    public Task<TResult> RunAsync<TArg, TResult>(Work<TArg, TResult> work, TArg arg)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            if (_isClosed) throw new InvalidOperationException($"The group has ended; '{work.Name}' cannot be started in it any more.");
            if (_failure is not null)
            {
                throw new InvalidOperationException(
                    $"The group has failed ({_failure.SourceException.Message}) and waits for its children to end; '{work.Name}' cannot be started in it any more.",
                    _failure.SourceException);
            }

            _running++;
        }

        return RunChildAsync(work, arg);
    }

    /// <summary>Cancels all children and the group's token. The group itself then ends without an error, unless its body raises one.</summary>
    public void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // Callbacks that children registered have thrown; what the children themselves raise is what counts.
        }
    }

    /// <summary>The body has ended, well or not. Completes when all children have ended, with the group's failure if it has one.</summary>
    internal async Task EndAsync(Exception? bodyFailure, CancellationToken callerToken)
    {
        if (bodyFailure is not null) Report(bodyFailure);
        Leave();
        await _empty.Task.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        _source.Dispose();
        _failure?.Throw();
        callerToken.ThrowIfCancellationRequested();
    }

    private async Task<TResult> RunChildAsync<TArg, TResult>(Work<TArg, TResult> work, TArg arg)
    {
        try
        {
            return await _executor.RunAsync(work, arg, CancellationToken).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception exception)
        {
            Report(exception);
            throw;
        }
        finally
        {
            Leave();
        }
    }

    private void Report(Exception exception)
    {
        lock (_gate)
        {
            // Once the group is being cancelled, cancellations are its consequence and not news.
            if (_failure is not null || (exception is OperationCanceledException && CancellationToken.IsCancellationRequested)) return;
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        Cancel();
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running > 0) return;
            _isClosed = true;
        }

        _empty.TrySetResult();
    }
}
