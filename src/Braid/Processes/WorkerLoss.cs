using System.Globalization;
using System.Text;

namespace Braid.Processes;

/// <summary>A worker that is gone, and the errors that tell of it.</summary>
/// <param name="Lane">Its number.</param>
/// <param name="Process">Its process; null: it could not be started.</param>
/// <param name="Exit">How the process ended.</param>
/// <param name="Reason">The same in words, and what the worker did wrong besides.</param>
internal sealed record WorkerLoss(int Lane, WorkerProcess? Process, WorkerExit Exit, string Reason)
{
    /// <summary>For the item that it ran.</summary>
    internal WorkerLostException While(WorkItem item) =>
        Tell($"Worker {Lane} (process {Process?.Id}) ended while it ran '{item.Name}' ({item.ArgumentText}){PlaceOf(item)}: {Reason}.", item, workersLost: 1);

    /// <summary>For an item that was given to workers again and again and that none has begun.</summary>
    internal WorkerLostException Before(WorkItem item, string executor) =>
        Tell($"Workers of '{executor}' end before they begin '{item.Name}'{PlaceOf(item)}: {Reason}.", item, workersLost: 0);

    /// <summary>For an item that waited for it.</summary>
    internal WorkerLostException AtStart(WorkItem item) =>
        Tell($"Worker {Lane} could not be started for '{item.Name}'{PlaceOf(item)}: {Reason}.", item, workersLost: 0);

    private static string PlaceOf(WorkItem item) => item.SourceIndex is { } index ? string.Create(CultureInfo.InvariantCulture, $", item {index} of its map") : "";

    private WorkerLostException Tell(string first, WorkItem item, int workersLost)
    {
        string errors = Process?.StandardError ?? "";
        var text = new StringBuilder(first);
        if (Process?.PeakMemory is { } peak)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"Its memory was at least {ResidentMemory.Text(peak)} at its peak.");
        if (errors.Length > 0) text.AppendLine().AppendLine("Its last lines on standard error:").Append(errors);
        return new(text.ToString())
        {
            ItemIndex = item.SourceIndex,
            ProcessId = Process?.Id,
            ExitCode = Exit.ExitCode,
            Signal = Exit.Signal,
            PeakMemory = Process?.PeakMemory,
            StandardError = errors,
            WorkersLost = workersLost,
        };
    }
}
