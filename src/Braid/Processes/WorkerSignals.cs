using System.Runtime.InteropServices;

namespace Braid.Processes;

/// <summary>
/// What the terminal sends goes to every process of it: Ctrl-C, Ctrl-\, its own end. The parent decides what that means; the work is not
/// interrupted by it. SIGTERM is the parent's own and is left as it is: it ends a worker, unless the work registers for it.
/// </summary>
internal static class WorkerSignals
{
    // Held for the life of the process: a registration that is collected lets the signal through again.
    private static PosixSignalRegistration[]? _registrations;

    /// <summary>In a worker: the terminal's signals do nothing here.</summary>
    internal static void LeaveToParent() => _registrations ??= [Ignore(PosixSignal.SIGINT), Ignore(PosixSignal.SIGQUIT), Ignore(PosixSignal.SIGHUP)];

    private static PosixSignalRegistration Ignore(PosixSignal signal) => PosixSignalRegistration.Create(signal, static context => context.Cancel = true);
}
