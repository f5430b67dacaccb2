namespace Braid;

/// <summary>How a <see cref="ThreadExecutor"/> is set up.</summary>
public sealed record ThreadOptions : ExecutorOptions
{
    /// <summary>Threads, 1 or more; each is started when an item needs it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Set: at most one item computes at a time, as under CPython's GIL. Several executors may share one lock.</summary>
    public GlobalLock? GlobalLock { get; init; }

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
    }
}
