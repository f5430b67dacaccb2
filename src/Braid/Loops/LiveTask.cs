namespace Braid.Loops;

/// <summary>One entry of <see cref="LiveTasks"/>. It links itself into the list, so that being listed allocates nothing.</summary>
internal abstract class LiveTask
{
    private long _id;

    public abstract string Name { get; }

    /// <summary>Given when somebody asks.</summary>
    public virtual long Id
    {
        get
        {
            if (_id == 0) Interlocked.CompareExchange(ref _id, WorkItem.NextId(), 0);
            return _id;
        }
    }

    /// <summary>The task that started it.</summary>
    public virtual long? ParentId => null;

    /// <summary>The item that code of this task belongs to; null: the loop's main.</summary>
    public virtual WorkItem? Item => null;

    /// <summary>What it waits for, if it knows; else the loop's operations tell.</summary>
    public virtual string? WaitsFor => null;

    /// <summary>A blocking call: it cannot be stopped, and the loop's end leaves it behind.</summary>
    public virtual bool IsOffload => false;

    public long BegunAt { get; set; }

    public LiveTask? Previous { get; set; }

    public LiveTask? Next { get; set; }

    public bool IsListed { get; set; }
}
