namespace Braid.Processes;

/// <summary>The buffers that a worker keeps although its work refers to them no more.</summary>
/// <remarks>
/// Arguments: the last few, so that calls with the same ones map nothing; and the one of the call that runs is among them, so that it
/// cannot be finalized while the work has only its span. Results: until the parent has opened them, by this process's descriptor.
/// </remarks>
internal static class WorkerBuffers
{
    private const int MostArguments = 4;

    // Guards both lists.
    private static readonly Lock Gate = new();
    private static readonly List<SharedBuffer> Arguments = new(MostArguments + 1);
    private static readonly List<SharedBuffer> Results = [];

    internal static void KeepArgument(SharedBuffer buffer)
    {
        lock (Gate)
        {
            // Not disposed here: work that has ended may have put them aside.
            Arguments.RemoveAll(kept => kept == buffer || kept.IsDisposed || kept.Block is { IsClosed: true });
            Arguments.Add(buffer);
            if (Arguments.Count > MostArguments) Arguments.RemoveAt(0);
        }
    }

    /// <summary>Before the parent is told of it.</summary>
    internal static void KeepResult(SharedBuffer buffer)
    {
        if (buffer.Block is not { } block) return;
        lock (Gate)
        {
            block.ExpectReceipt();
            Results.RemoveAll(kept => kept == buffer || kept.Block!.IsReceived);
            Results.Add(buffer);
        }
    }

    /// <summary>Before the worker ends: what it returned last may not have been opened yet. A parent that never does kills it, and one that dies does.</summary>
    internal static void WaitUntilReceived()
    {
        lock (Gate)
        {
            foreach (var buffer in Results) buffer.Block!.WaitUntilReceived();
        }
    }
}
