using System.Diagnostics;

namespace Braid.Benchmarks.Measuring;

/// <summary>Other programs that compute, one for each processor: what is measured beside them has half of the machine and waits for it.</summary>
internal sealed class BusyPrograms : IDisposable
{
    private const string Shell = "/bin/sh";

    // Should this program be killed, they end by themselves.
    private const string Spin = "ulimit -t 120; while :; do :; done";

    private readonly Process[] _programs;

    private BusyPrograms(Process[] programs) => _programs = programs;

    internal static BusyPrograms Start()
    {
        if (!File.Exists(Shell)) throw new SkipException($"needs {Shell}");
        return new([.. Enumerable.Range(0, Environment.ProcessorCount).Select(static _ => Process.Start(Shell, ["-c", Spin]))]);
    }

    public void Dispose()
    {
        foreach (var program in _programs)
        {
            program.Kill();

            // Waited for, so that its time counts as this program's and not as a stranger's, which would mark the row as disturbed.
            program.WaitForExit();
            program.Dispose();
        }
    }
}
