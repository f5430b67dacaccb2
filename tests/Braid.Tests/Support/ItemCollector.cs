namespace Braid.Tests.Support;

/// <summary>An engine that takes items and runs none: the test says what becomes of them.</summary>
internal sealed class ItemCollector(TimeProvider time) : Executor(new ExecutorOptions { TimeProvider = time })
{
    public override int Capacity => 1000;

    /// <summary>What was taken, in order.</summary>
    internal List<WorkItem> Items { get; } = [];

    /// <summary>Makes an item of its own for the argument.</summary>
    internal WorkItem Collect(int argument)
    {
        _ = RunAsync(Work.Of<int, int>(Works.AddOne), argument).AsTask();
        return Items[^1];
    }

    public override ValueTask DisposeAsync() => default;

    protected internal override ValueTask SubmitAsync(WorkItem item)
    {
        Items.Add(item);
        return default;
    }
}
