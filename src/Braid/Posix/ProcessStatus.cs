using System.Globalization;

namespace Braid.Posix;

/// <summary>What the kernel tells of any process in one line, /proc/PID/stat. Linux only.</summary>
internal static class ProcessStatus
{
    // Places behind the name, as proc(5) lists them.
    internal const int Parent = 1;
    internal const int UserTime = 11;
    internal const int SystemTime = 12;
    internal const int EndedChildrenUserTime = 13;
    internal const int EndedChildrenSystemTime = 14;
    internal const int Birth = 19;

    /// <summary>The fields behind the process's name; null: it is gone.</summary>
    internal static string[]? Of(int processId)
    {
        try
        {
            // The name, in brackets, may hold anything; the fields that can be counted come after it.
            string status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            string[] fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > Birth ? fields : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
