using System.Diagnostics;
using System.Globalization;

namespace Braid.Benchmarks.Measuring;

/// <summary>
/// How much of the processor other programs take, in cores. Linux only; elsewhere zero. What a child's own orphans used counts as
/// others', which errs on the safe side.
/// </summary>
internal readonly struct CpuLoad
{
    /// <summary>Below this, in cores, the machine counts as quiet.</summary>
    internal const double Quiet = 0.1;

    // Of /proc/stat's clock; the kernel has reported hundredths for decades, whatever it uses inside.
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan QuietSample = TimeSpan.FromMilliseconds(300);

    private readonly double _others;
    private readonly long _at;

    private CpuLoad(double others)
    {
        _others = others;
        _at = Stopwatch.GetTimestamp();
    }

    /// <summary>Starts counting.</summary>
    internal static CpuLoad Begin() => new(OthersSeconds());

    /// <summary>What others took since <see cref="Begin"/>, in cores.</summary>
    internal double Others() => Math.Max(0, (OthersSeconds() - _others) / Stopwatch.GetElapsedTime(_at).TotalSeconds);

    /// <summary>Waits until others are quiet, or the patience is over.</summary>
    internal static async Task WaitForQuietAsync(TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < patience)
        {
            var load = Begin();
            await Task.Delay(QuietSample);
            if (load.Others() < Quiet) return;
        }
    }

    private static double OthersSeconds() => OperatingSystem.IsLinux() ? (AllTicks() - OwnTicks()) / TicksPerSecond : 0;

    private static double AllTicks()
    {
        // cpu user nice system idle iowait irq softirq steal …: all that is not idle; steal is what the host's other guests took.
        var fields = Fields(File.ReadLines("/proc/stat").First());
        return Number(fields[1]) + Number(fields[2]) + Number(fields[3]) + Number(fields[6]) + Number(fields[7]) + Number(fields[8]);
    }

    private static double OwnTicks()
    {
        // After the name in parentheses, from field 3: utime and stime are 14 and 15, those of ended children 16 and 17.
        string line = File.ReadAllText("/proc/self/stat");
        var fields = Fields(line[(line.LastIndexOf(')') + 1)..]);
        return Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
    }

    private static string[] Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
