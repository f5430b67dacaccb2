using System.Runtime.InteropServices;

namespace Braid.Stacks;

/// <summary>The operating system's number of the current thread, by which traces know it.</summary>
internal static partial class ThreadNumber
{
    /// <summary>0: not known on this system.</summary>
    public static long Current()
    {
        try
        {
            if (OperatingSystem.IsLinux()) return LinuxNumber();
            if (OperatingSystem.IsWindows()) return WindowsNumber();
            return OperatingSystem.IsMacOS() && MacNumber(0, out var number) == 0 ? (long)number : 0;
        }
        catch (EntryPointNotFoundException)
        {
            return 0; // a C library older than 2019
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int LinuxNumber();

    [LibraryImport("kernel32", EntryPoint = "GetCurrentThreadId")]
    private static partial uint WindowsNumber();

    [LibraryImport("libc", EntryPoint = "pthread_threadid_np")]
    private static partial int MacNumber(nint thread, out ulong number);
}
