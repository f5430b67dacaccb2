namespace Braid.Loops;

/// <summary>What was started through a loop and has not ended, the oldest first. From any thread.</summary>
internal sealed class LiveTasks(TimeProvider clock)
{
    // Guards the list's links.
    private readonly Lock _gate = new();
    private LiveTask? _first;
    private LiveTask? _last;

    public void Add(LiveTask task)
    {
        task.BegunAt = clock.GetTimestamp();
        lock (_gate)
        {
            task.IsListed = true;
            task.Previous = _last;
            if (_last is null) _first = task;
            else _last.Next = task;
            _last = task;
        }
    }

    /// <summary>Any number of times, also if it was never added.</summary>
    public void Remove(LiveTask task)
    {
        lock (_gate)
        {
            if (!task.IsListed) return;
            task.IsListed = false;
            if (task.Previous is null) _first = task.Next;
            else task.Previous.Next = task.Next;
            if (task.Next is null) _last = task.Previous;
            else task.Next.Previous = task.Previous;
            task.Previous = task.Next = null;
        }
    }

    public List<LiveTask> ToList()
    {
        var tasks = new List<LiveTask>();
        lock (_gate)
            for (var task = _first; task is not null; task = task.Next) tasks.Add(task);
        return tasks;
    }

    /// <summary>The tasks for people.</summary>
    /// <param name="waits">What the loop's operations are waiting for; null: the loop did not answer.</param>
    public IReadOnlyList<LoopTask> Describe(LoopWaits? waits)
    {
        var tasks = new List<LoopTask>();
        foreach (var task in ToList())
            tasks.Add(new LoopTask(task.Id, task.Name, task.ParentId, task.WaitsFor ?? waits?.Of(task.Item), clock.GetElapsedTime(task.BegunAt)));
        return tasks;
    }
}
