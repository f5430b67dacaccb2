using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>The few calls of the C library that .NET has no name for.</summary>
internal static unsafe partial class Libc
{
    internal const int ProtectionReadWrite = 3;
    internal const int MapShared = 1;
    internal const int MapPopulate = 0x8000;
    internal const int SeekHole = 4;
    internal const int OpenReadWrite = 2;
    internal const int OpenCloseOnExec = 0x80000;
    internal const uint MemoryFileCloseOnExec = 1;
    internal const uint MemoryFileAllowSealing = 2;
    internal const int AddSeals = 1033;
    internal const int GetSeals = 1034;
    internal const int SealSeals = 1;
    internal const int SealShrink = 2;
    internal const int SealGrow = 4;

    private const int SetParentDeathSignal = 1;
    private const int Kill = 9;
    private const int FutexWait = 0;
    private const int FutexWake = 1;
    private const nint FutexCallX64 = 202;
    private const nint FutexCallArm64 = 98;

    /// <summary>
    /// True where shared memory works: Linux, on processors for which the number of the futex call is known. What is made of it asks here
    /// once, before it is made.
    /// </summary>
    internal static bool HasFutex { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    private static nint FutexCall { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? FutexCallX64 : FutexCallArm64;

    /// <summary>Asks the kernel to kill this process when the thread that started it ends.</summary>
    [SupportedOSPlatform("linux")]
    internal static void DieWithParent() => _ = SetProcessOption(SetParentDeathSignal, Kill, 0, 0, 0);

    /// <summary>Sleeps as long as the word has the value; may return earlier. Also across processes, in shared memory.</summary>
    internal static void SleepWhile(int* word, int value) => _ = Futex(FutexCall, word, FutexWait, value, null, null, 0);

    /// <summary>As the other, and no longer than so.</summary>
    internal static void SleepWhile(int* word, int value, TimeSpan most)
    {
        long* limit = stackalloc long[] { most.Ticks / TimeSpan.TicksPerSecond, most.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        _ = Futex(FutexCall, word, FutexWait, value, limit, null, 0);
    }

    /// <summary>Wakes so many threads, of any process, that sleep on the word.</summary>
    internal static void Wake(int* word, int count) => _ = Futex(FutexCall, word, FutexWake, count, null, null, 0);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getppid")]
    internal static partial int GetParentId();

    /// <summary>Ends this process at once: no handlers, no finalizers, nothing that could wait.</summary>
    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void ExitNow(int code);

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial SafeFileHandle CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(SafeFileHandle descriptor, long length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FileControl(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(SafeFileHandle descriptor, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial SafeFileHandle Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeFileHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(SafeFileHandle socket, int mostWaiting);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeFileHandle socket, byte* address, uint length);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "getrandom")]
    internal static partial nint GetRandom(byte[] bytes, nuint count, uint flags);

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

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Futex(nint call, int* word, nint operation, nint value, void* timeout, int* second, nint third);
}
