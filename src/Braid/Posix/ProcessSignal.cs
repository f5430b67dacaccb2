using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Posix;

/// <summary>Signals to other processes, which .NET can only kill.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class ProcessSignal
{
    /// <summary>Ends it; it cannot refuse.</summary>
    internal const int Kill = 9;

    /// <summary>Asks it to end. It may refuse.</summary>
    internal const int Terminate = 15;

    /// <summary>Sends a signal. Whoever calls makes sure that the number is still the process that he means.</summary>
    internal static void Send(int processId, int signal) => _ = SendSignal(processId, signal); // fails only if it has ended

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
