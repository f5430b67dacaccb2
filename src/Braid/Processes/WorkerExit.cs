using System.Globalization;

namespace Braid.Processes;

/// <summary>How a process ended, in words.</summary>
/// <param name="Code">The exit code as .NET gives it: 128 + n for signal n. Null: it is not known.</param>
internal readonly record struct WorkerExit(int? Code)
{
    private const int SignalBase = 128;

    // The signals that end a process by default and have the same number on Linux and macOS; SIGBUS has not.
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [5] = "SIGTRAP",
        [6] = "SIGABRT",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [14] = "SIGALRM",
        [15] = "SIGTERM",
        [24] = "SIGXCPU",
        [25] = "SIGXFSZ",
    };

    /// <summary>The exit code; null if a signal ended it. A process that exits with 137 by itself cannot be told from one that was killed.</summary>
    internal int? ExitCode => Signal is null ? Code : null;

    /// <summary>The name of the signal that ended it; null: none did, or not one that has a name here.</summary>
    internal string? Signal
    {
        get
        {
            if (OperatingSystem.IsWindows() || Code is not { } code) return null;
            if (code == SignalBase + (OperatingSystem.IsMacOS() ? 10 : 7)) return "SIGBUS";
            return Signals.GetValueOrDefault(code - SignalBase);
        }
    }

    public override string ToString() => Code is not { } code
        ? "it did not exit"
        : Signal is { } signal
            ? string.Create(CultureInfo.InvariantCulture, $"it was ended by {signal} (exit code {code})")
            : string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {code}");
}
