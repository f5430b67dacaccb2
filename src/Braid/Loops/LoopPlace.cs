// Loops/ awaits without ConfigureAwait(false): the loop's context is the point.
namespace Braid.Loops;

/// <summary>One of the MaxInFlight places of a <see cref="LoopExecutor"/>, held by an item until it ends or its time is over.</summary>
internal sealed class LoopPlace(LoopWorker worker, WorkItem item) : LiveTask
{
    private int _isFree;
    private volatile bool _isRunning;

    public override string Name => item.Name;

    public override long Id => item.Id;

    public override long? ParentId => item.Parent?.Id;

    public override WorkItem Item => item;

    /// <summary>On the loop: runs the item up to its first await, and the rest later.</summary>
    internal void Run()
    {
        worker.Tasks.Add(this);
        if (item.HasLimit) item.WhenAbandoned(Abandon);
        item.MarkStarted(worker.Lane);
        _isRunning = true;
        var done = item.ExecuteAsync();
        _isRunning = false;
        if (done.IsCompleted) Free();
        else _ = FreeAfterAsync(done);
    }

    private async Task FreeAfterAsync(ValueTask done)
    {
        await done;
        Free();
    }

    private void Abandon(WorkItem abandoned)
    {
        if (_isRunning) worker.ReportBlocked(abandoned);
        Free();
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref _isFree, 1) != 0) return;
        worker.Tasks.Remove(this);
        worker.FreePlace();
    }
}
