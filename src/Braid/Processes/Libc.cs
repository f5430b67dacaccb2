using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Processes;

/// <summary>The few calls of the C library that .NET has no name for.</summary>
internal static partial class Libc
{
    private const int SetParentDeathSignal = 1;
    private const int Kill = 9;

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

    /// <summary>The niceness of a process; on Linux, of a thread. 0 is the caller's own.</summary>
    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getpriority")]
    internal static partial int GetNiceness(int kind, int id);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "setpriority")]
    internal static partial int SetNiceness(int kind, int id, int niceness);

    /// <summary>The processors that a thread may use, one bit each. 0 is the caller's own thread.</summary>
    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    internal static partial int GetAffinity(int thread, nuint size, ref ulong mask);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    internal static partial int SetAffinity(int thread, nuint size, ref ulong mask);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcessOption(int option, nuint a, nuint b, nuint c, nuint d);
}
