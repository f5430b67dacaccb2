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

    /// <summary>Stops it until it is continued or killed; it cannot refuse. Linux's number.</summary>
    internal const int Stop = 19;

    /// <summary>The system's number for a signal. Other values than .NET's own are numbers already.</summary>
    internal static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        PosixSignal.SIGTERM => Terminate,
        PosixSignal.SIGCHLD => OperatingSystem.IsLinux() ? 17 : 20,
        PosixSignal.SIGCONT => OperatingSystem.IsLinux() ? 18 : 19,
        PosixSignal.SIGWINCH => 28,
        PosixSignal.SIGTTIN => 21,
        PosixSignal.SIGTTOU => 22,
        PosixSignal.SIGTSTP => OperatingSystem.IsLinux() ? 20 : 18,
        > 0 => (int)signal,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "signal must be a member of PosixSignal, or a signal's number on this system."),
    };

    /// <summary>Sends a signal. Whoever calls makes sure that the number is still the process that he means.</summary>
    internal static void Send(int processId, int signal) => _ = SendSignal(processId, signal); // fails only if it has ended

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
