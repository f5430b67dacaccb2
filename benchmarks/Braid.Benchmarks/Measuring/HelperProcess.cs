using System.Diagnostics;
using System.Globalization;

namespace Braid.Benchmarks.Measuring;

/// <summary>
/// A program that takes part in a measurement: a server, or the load on one. It says a line when it is ready, may answer lines with
/// lines, and ends when its standard input does.
/// </summary>
internal sealed class HelperProcess : IAsyncDisposable
{
    private const string Pin = "/usr/bin/taskset";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task<string> _error;

    private HelperProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it takes of its processor: a figure that other programs on the machine disturb least. In steps of 10 ms.</summary>
    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Skips the measurement where programs cannot be kept on a processor each.</summary>
    internal static void RequirePins()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Pin) || Environment.ProcessorCount < 2)
            throw new SkipException("needs Linux, two processors and taskset");
    }

    /// <summary>Starts a program, on one processor only if that is given.</summary>
    internal static HelperProcess Start(Command command, int? processor = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (processor is { } number) command = new(Pin, ["-c", $"{number}", command.Program, .. command.Arguments]);
        var start = new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new(Process.Start(start) ?? throw new InvalidOperationException($"'{command.Program}' did not start."));
    }

    /// <summary>All threads of this program, after it has started, on one processor; what it starts from now on inherits it.</summary>
    internal static async Task PinThisAsync(int processor)
    {
        using var pin = Process.Start(new ProcessStartInfo(Pin, ["-a", "-p", "-c", $"{processor}", $"{Environment.ProcessId}"]) { RedirectStandardOutput = true })!;
        await pin.StandardOutput.ReadToEndAsync();
        await pin.WaitForExitAsync();
    }

    /// <summary>The next line that it says.</summary>
    internal async Task<string> ListenAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync() is { } line) return line;
        await _process.WaitForExitAsync();
        var result = new ChildResult(_process.ExitCode, "", await _error);
        result.ThrowIfSkipped();
        throw new InvalidOperationException($"'{string.Join(' ', [_process.StartInfo.FileName, .. _process.StartInfo.ArgumentList])}' has ended before its time with exit code {result.ExitCode}: {result.ErrorTail}");
    }

    /// <summary>The next line that it says, a number.</summary>
    internal async Task<int> ListenForNumberAsync() => int.Parse(await ListenAsync(), CultureInfo.InvariantCulture);

    /// <summary>Says a line and waits for the answer.</summary>
    internal async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
        return await ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            await ChildProcess.EndWithinAsync(_process, StopLimit);
        }
    }
}
