using Braid.Processes;

namespace Braid;

/// <summary>The other end of a <see cref="ProcessExecutor"/>, for programs that .NET cannot start with a startup hook.</summary>
public static class ProcessWorker
{
    /// <summary>
    /// If this process was started as a worker, becomes one and never returns; otherwise does nothing. Call it first in <c>Main</c> of a
    /// program that is published as a single file; elsewhere it is not needed and does no harm.
    /// </summary>
    public static void RunIfWorker()
    {
        WorkerCommand.HasEntryCall = true;
        WorkerHost.RunIfWorker();
    }
}
