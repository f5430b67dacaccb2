using Braid.Items;

namespace Braid;

/// <summary>Runs the item where you stand: the baseline for measurements, and the engine to read first.</summary>
/// <remarks>
/// <code>
///  submit = take = run = finish, in the caller's own call
/// </code>
/// Work that awaits is awaited before the next item is taken. Time limits are refused: nobody is left to enforce them.
/// </remarks>
public sealed class InlineExecutor(ExecutorOptions? options = null) : Executor(options ?? new())
{
    private const int OnlyLane = 0;

    // Guards _running and _isDisposed.
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isDisposed;

    /// <summary>1: an item runs in the call that submits it.</summary>
    public override int Capacity => 1;

    /// <summary>Runs the item and completes when it is done.</summary>
    /// <exception cref="NotSupportedException">The item has a time limit.</exception>
    protected internal override ValueTask SubmitAsync(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Timeout != Timeout.InfiniteTimeSpan)
        {
            throw new NotSupportedException(
                $"'{Name}' runs work where it is called and cannot enforce MapOptions.ItemTimeout or ItemTimeoutFactor for '{item.Name}'. Use a ThreadExecutor, a LoopExecutor or a ProcessExecutor.");
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _running++;
        }

        item.MarkStarted(OnlyLane);
        var done = item.ExecuteAsync();
        if (!done.IsCompletedSuccessfully) return LeaveAfterAsync(done);
        Leave();
        return default;
    }

    /// <summary>Waits for items that run in other calls.</summary>
    /// <exception cref="InvalidOperationException">Work that runs on this executor disposes it, and would wait for its own end.</exception>
    public override async ValueTask DisposeAsync()
    {
        ThrowIfOwnWork();
        lock (_gate)
        {
            _isDisposed = true;
            if (_running == 0) _drained.TrySetResult();
        }

        await _drained.Task.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
    }

    private async ValueTask LeaveAfterAsync(ValueTask done)
    {
        await done.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        Leave();
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0 && _isDisposed) _drained.TrySetResult();
        }
    }
}
