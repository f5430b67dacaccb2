namespace Braid.Items;

/// <summary>An item that ends its workers: after the second one it is not given a third, so that the others get on.</summary>
internal static class PoisonedItem
{
    // One end may be bad luck, memory that ran out or a kill meant for another; the second one says that it is the item.
    private const int MostWorkers = 2;

    /// <summary>The end of an attempt if a worker ended with it; else null.</summary>
    internal static WorkerLostException? LossOf(Exception exception) => exception is WorkerLostException { WorkersLost: > 0 } lost ? lost : null;

    /// <summary>True if the item has ended as many workers as it may.</summary>
    internal static bool IsPoisoned(WorkerLostException? earlier, WorkerLostException latest) => WorkersLost(earlier, latest) >= MostWorkers;

    /// <summary>The whole story: both ends, the latest one's facts.</summary>
    internal static WorkerLostException Combine(WorkItem item, WorkerLostException earlier, WorkerLostException latest)
    {
        int workers = WorkersLost(earlier, latest);
        string message = $"'{item.Name}' ({item.ArgumentText}), item {item.SourceIndex} of its map, has ended {workers} workers and is set aside: it is not tried again."
            + $"{Environment.NewLine}First: {earlier.Message}{Environment.NewLine}Then: {latest.Message}";
        return new(message)
        {
            ItemIndex = item.SourceIndex,
            ProcessId = latest.ProcessId,
            ExitCode = latest.ExitCode,
            Signal = latest.Signal,
            PeakMemory = latest.PeakMemory,
            StandardError = latest.StandardError,
            WorkersLost = workers,
        };
    }

    private static int WorkersLost(WorkerLostException? earlier, WorkerLostException latest) => (earlier?.WorkersLost ?? 0) + latest.WorkersLost;
}
