using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Processes;

/// <summary>The few calls of the C library that .NET has no name for.</summary>
internal static partial class Libc
{
    private const int SetParentDeathSignal = 1;
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <summary>Asks the kernel to kill this process when the thread that started it ends.</summary>
    [SupportedOSPlatform("linux")]
    internal static void DieWithParent() => _ = SetProcessOption(SetParentDeathSignal, Kill, 0, 0, 0);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getppid")]
    internal static partial int GetParentId();

    /// <summary>Ends this process at once: no handlers, no finalizers, nothing that could wait.</summary>
    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void ExitNow(int code);

    /// <summary>Asks a process to end. It may refuse.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static void SendTerminate(int processId) => _ = SendSignal(processId, Terminate);

    [UnsupportedOSPlatform("windows")]
    internal static void SendKill(int processId) => _ = SendSignal(processId, Kill);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcessOption(int option, nuint a, nuint b, nuint c, nuint d);
}
