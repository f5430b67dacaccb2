using System.ComponentModel;
using System.Diagnostics;
using Braid.Posix;

namespace Braid.Processes;

/// <summary>A child process: its output, its end, and how to bring that about.</summary>
internal sealed class WorkerProcess : IDisposable
{
    // A worker's last words are here at once unless something that it started holds its output open; then they are not worth waiting for.
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly WorkerOutput _output;
    private readonly WorkerOutput _errors;
    private readonly WorkerMemory _memory;
    private ProcessTree? _tree;

    private WorkerProcess(Process process, int worker)
    {
        _process = process;
        Id = process.Id;
        _memory = new(process);
        _output = new(process.StandardOutput, worker, static () => Console.Out);
        _errors = new(process.StandardError, worker, static () => Console.Error);
    }

    internal int Id { get; }

    internal bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote to standard error.</summary>
    internal string StandardError => _errors.Tail;

    /// <inheritdoc cref="WorkerMemory.Peak"/>
    internal long? PeakMemory => _memory.Peak;

    /// <summary>True where a worker can be asked to end before it is killed, and what it has started is found all the same.</summary>
    internal static bool CanTerminate => OperatingSystem.IsLinux() && ProcessTree.IsSupported;

    internal static WorkerProcess Start(ProcessStartInfo info, int worker, WorkerPlace place)
    {
        var process = WorkerLauncher.Start(info, place);

        // Work that reads its input finds the end of it, instead of taking what is typed for the parent.
        process.StandardInput.Close();
        return new(process, worker);
    }

    internal void SampleMemory() => _memory.Sample();

    /// <summary>SIGTERM: a worker that has not registered for it ends at once; what it started is killed when it has ended.</summary>
    internal void Terminate()
    {
        if (!OperatingSystem.IsLinux() || !CanTerminate) return;
        _memory.Sample();
        try
        {
            // The number may be another process's once .NET has buried the child, which it then says here.
            if (_process.HasExited) return;
            _tree = ProcessTree.Below(Id);
            ProcessSignal.Send(Id, ProcessSignal.Terminate);
        }
        catch (InvalidOperationException)
        {
            // Disposed: it has ended.
        }
    }

    /// <summary>Ends it and what it started. SIGKILL: it cannot be refused.</summary>
    internal void Kill()
    {
        _memory.Sample();
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

        if (OperatingSystem.IsLinux()) _tree?.Kill();
        _errors.WaitForEnd(OutputLimit);
        _output.WaitForEnd(OutputLimit);
        return new(_process.HasExited ? _process.ExitCode : null);
    }

    public void Dispose() => _process.Dispose();
}
