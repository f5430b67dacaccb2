using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Processes;

/// <summary>On Linux: which processors a thread may use. What a thread starts inherits its mask.</summary>
internal static class ProcessorMask
{
    // The kernel's own largest number of processors; a shorter mask is refused where there are more.
    private const int MostProcessors = 8192;
    private const int Bits = 64;

    /// <summary>The limit that the mask of this process's main thread is, if it can be read.</summary>
    internal static CpuLimit? Limit()
    {
        if (!OperatingSystem.IsLinux() || Read(Environment.ProcessId) is not { } mask) return null;
        int count = 0;
        foreach (ulong bits in mask) count += BitOperations.PopCount(bits);
        return new("affinity mask", count);
    }

    /// <summary>Runs a function with this thread on one processor: what it starts is there from its first instruction.</summary>
    /// <exception cref="InvalidOperationException">This program may not use the processor.</exception>
    [SupportedOSPlatform("linux")]
    internal static TResult RunOn<TResult>(int processor, Func<TResult> function)
    {
        ulong[] before = Read(0) ?? throw new InvalidOperationException("its affinity mask cannot be read");
        ulong[] one = new ulong[MostProcessors / Bits];
        one[processor / Bits] = 1UL << (processor % Bits);
        if (Write(one) != 0)
        {
            throw new InvalidOperationException(
                $"{nameof(ProcessOptions.Processors)} contains {processor}, which this program may not use (error {Marshal.GetLastPInvokeError()} of sched_setaffinity)");
        }

        try
        {
            return function();
        }
        finally
        {
            _ = Write(before);
        }
    }

    /// <summary>True for a number that a mask can hold.</summary>
    internal static bool CanHold(int processor) => processor is >= 0 and < MostProcessors;

    [SupportedOSPlatform("linux")]
    private static ulong[]? Read(int thread)
    {
        ulong[] mask = new ulong[MostProcessors / Bits];
        return Libc.GetAffinity(thread, (nuint)(mask.Length * sizeof(ulong)), ref mask[0]) < 0 ? null : mask;
    }

    [SupportedOSPlatform("linux")]
    private static int Write(ulong[] mask) => Libc.SetAffinity(0, (nuint)(mask.Length * sizeof(ulong)), ref mask[0]);
}
