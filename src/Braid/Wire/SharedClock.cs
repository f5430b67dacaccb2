using System.Diagnostics;

namespace Braid.Wire;

/// <summary>The clock that all processes of a machine read alike: nanoseconds since some moment, monotonic.</summary>
/// <remarks>
/// What a worker says of its items is read when a thread of the parent finds the time, several milliseconds later where workers keep every
/// processor busy. So it says when it was. It is the clock of <see cref="Stopwatch"/>, whose zero is the machine's and not the process's.
/// </remarks>
internal static class SharedClock
{
    // 1 on Linux and macOS, 100 on Windows.
    private static readonly long NanosecondsPerTick = 1_000_000_000 / Stopwatch.Frequency;

    internal static long Now() => Stopwatch.GetTimestamp() * NanosecondsPerTick;

    /// <summary>The moment as <see cref="TimeProvider.System"/> would have stamped it.</summary>
    internal static long ToTimestamp(long at) => at / NanosecondsPerTick;
}
