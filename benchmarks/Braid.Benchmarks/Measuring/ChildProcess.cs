using System.Diagnostics;
using System.Globalization;

namespace Braid.Benchmarks.Measuring;

/// <summary>How a child process ended and what it said.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    private const int LongestError = 400;

    /// <summary>The last line on standard error.</summary>
    internal string LastError => Error.TrimEnd().Split('\n')[^1].Trim();

    /// <summary>Passes on that the program could not measure here.</summary>
    internal void ThrowIfSkipped()
    {
        if (ExitCode == SkipException.ExitCode) throw new SkipException(LastError);
    }

    /// <summary>The end of standard error in one line, for a table.</summary>
    internal string ErrorTail => string.Join(" · ", (Error.Length > LongestError ? Error[^LongestError..] : Error).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Starts a program, bounds its time, and keeps what it printed.</summary>
internal static class ChildProcess
{
    /// <summary>When the session started the child, in milliseconds since 1970, for programs that measure their own start.</summary>
    internal const string StartedAtVariable = "BENCHMARK_STARTED_AT";

    internal static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan limit, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment[StartedAtVariable] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        return await EndWithinAsync(process, limit)
            ? new(process.ExitCode, await output, await error)
            : new(-1, "", $"took longer than {limit.TotalSeconds:0} s");
    }

    /// <summary>Waits for a program's end, and kills it with what it has started when it takes too long; then false.</summary>
    internal static async Task<bool> EndWithinAsync(Process process, TimeSpan limit)
    {
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timer.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }
}
