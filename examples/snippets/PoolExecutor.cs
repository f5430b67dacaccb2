using Braid;

/// <summary>Runs items on the .NET thread pool.</summary>
public sealed class PoolExecutor(int capacity, ExecutorOptions? options = null) : Executor(options ?? new())
{
    private readonly Lock _gate = new(); // Guards the two fields below.
    private readonly HashSet<Task> _running = [];
    private bool _isDisposed;

    public override int Capacity => capacity; // How far a map reads ahead here, unless MapOptions.MaxConcurrency says otherwise.

    protected override ValueTask SubmitAsync(WorkItem item)
    {
        if (item.Timeout != Timeout.InfiniteTimeSpan)
            throw new NotSupportedException($"'{Name}' cannot enforce ItemTimeout or ItemTimeoutFactor for '{item.Name}'. Use a ThreadExecutor.");

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var run = Task.Run(() => RunAsync(item));
            _running.Add(run);
            run.ContinueWith(Forget, TaskScheduler.Default);
        }

        return default; // Accepted, not done.
    }

    public override async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_gate)
        {
            _isDisposed = true;
            left = [.. _running];
        }

        await Task.WhenAll(left);
    }

    private static async Task RunAsync(WorkItem item)
    {
        item.MarkStarted(lane: 0);
        await item.ExecuteAsync(); // Runs the work and finishes the item. Never throws.
    }

    private void Forget(Task run)
    {
        lock (_gate) _running.Remove(run);
    }
}
