using System.ComponentModel;
using System.Diagnostics;

namespace Braid.Processes;

/// <summary>A child process: its output, its end, and how to bring that about.</summary>
internal sealed class WorkerProcess : IDisposable
{
    // A worker's last words are here at once unless something that it started holds its output open; then they are not worth waiting for.
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly WorkerOutput _output;
    private readonly WorkerOutput _errors;

    private WorkerProcess(Process process, int worker)
    {
        _process = process;
        Id = process.Id;
        _output = new(process.StandardOutput, worker, static () => Console.Out);
        _errors = new(process.StandardError, worker, static () => Console.Error);
    }

    internal int Id { get; }

    internal bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote to standard error.</summary>
    internal string StandardError => _errors.Tail;

    internal static WorkerProcess Start(ProcessStartInfo info, int worker, WorkerPlace place)
    {
        var process = WorkerLauncher.Start(info, place);

        // Work that reads its input finds the end of it, instead of taking what is typed for the parent.
        process.StandardInput.Close();
        return new(process, worker);
    }

    /// <summary>Ends it and what it started. SIGKILL: it cannot be refused.</summary>
    internal void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or something that it started has.
        }
    }

    /// <summary>Waits for its end, which it has begun; kills it if it takes longer than the limit.</summary>
    internal WorkerExit WaitForExit(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
        {
            Kill();
            _process.WaitForExit(limit + OutputLimit);
        }

        _errors.WaitForEnd(OutputLimit);
        _output.WaitForEnd(OutputLimit);
        return new(_process.HasExited ? _process.ExitCode : null);
    }

    public void Dispose() => _process.Dispose();
}
