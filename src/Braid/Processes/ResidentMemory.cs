using System.Diagnostics;
using System.Globalization;

namespace Braid.Processes;

/// <summary>How much memory a process has in use now, as the operating system counts it.</summary>
internal static class ResidentMemory
{
    private const int ResidentField = 1;
    private const double Mebi = 1024 * 1024;

    /// <summary>Resident bytes; 0 if the process is gone.</summary>
    internal static long Of(int processId)
    {
        try
        {
            return OperatingSystem.IsLinux() ? OnLinux(processId) : Elsewhere(processId);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }

    internal static string Text(long bytes) =>
        bytes < Mebi ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes") : string.Create(CultureInfo.InvariantCulture, $"{bytes / Mebi:N1} MiB");

    // Pages: the whole size, then what is resident. One small file; Process.WorkingSet64 reads several.
    private static long OnLinux(int processId)
    {
        string[] fields = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/statm")).Split(' ');
        return long.TryParse(fields.ElementAtOrDefault(ResidentField), CultureInfo.InvariantCulture, out long pages) ? pages * Environment.SystemPageSize : 0;
    }

    private static long Elsewhere(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }
}
