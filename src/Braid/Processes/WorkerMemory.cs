using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Braid.Processes;

/// <summary>The most memory that a worker has had, as far as anybody looked: what an error says when the worker is gone.</summary>
/// <remarks>
/// It must be read while the process lives: the kernel drops it with the memory itself. What it would tell later (the resource usage of a
/// child that is waited for) is .NET's to take, and counts what this process had when it forked.
/// </remarks>
internal sealed class WorkerMemory(Process process)
{
    // Linux keeps the peak itself ("high water mark"), so that reading it seldom misses only what is taken after the last time.
    private const string PeakField = "VmHWM:";
    private const long Kilobyte = 1024;

    private readonly int _id = process.Id;

    // Written by whoever samples; the highest stays.
    private long _peak;

    /// <summary>Bytes, a lower bound; null: nobody has looked, or this system does not tell.</summary>
    internal long? Peak => Interlocked.Read(ref _peak) is > 0 and var peak ? peak : null;

    /// <summary>Looks now; about 30 µs.</summary>
    internal void Sample()
    {
        long now = Read();
        for (long before = Interlocked.Read(ref _peak); now > before;)
        {
            long found = Interlocked.CompareExchange(ref _peak, now, before);
            if (found == before) return;
            before = found;
        }
    }

    private long Read()
    {
        try
        {
            if (OperatingSystem.IsLinux()) return ReadStatus();
            if (!OperatingSystem.IsWindows()) return 0;
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or Win32Exception)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    private long ReadStatus()
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_id}/status")))
        {
            if (!line.StartsWith(PeakField, StringComparison.Ordinal)) continue;
            var kilobytes = line.AsSpan(PeakField.Length).Trim();
            int end = kilobytes.IndexOf(' ');
            return long.TryParse(end < 0 ? kilobytes : kilobytes[..end], CultureInfo.InvariantCulture, out long value) ? value * Kilobyte : 0;
        }

        return 0;
    }
}
