using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Braid.Posix;

namespace Braid.Loops;

/// <summary>The inside of a <see cref="LoopProcess"/>: .NET's process, its streams on the loop, its end.</summary>
/// <remarks>
/// .NET starts it, reaps it and reports its end, because it reaps all children of this program and would not take it kindly if somebody
/// else did. On Linux that costs no thread per child: it learns of the end by SIGCHLD.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    // .NET starts one program at a time, whoever asks: those who wait for it shall not hold a thread each.
    private static readonly SemaphoreSlim Starting = new(1);

    // Completed on the loop as library code, so every continuation stays there, whatever its ConfigureAwait says.
    private readonly TaskCompletionSource<int> _exited = new();
    private readonly EventLoop _loop;
    private readonly Process _process;
    private readonly List<PolledStream> _pipes = [];
    private Stream? _inputPipe;
    private Stream? _outputPipe;
    private Stream? _errorPipe;
    private ProcessTree? _tree;
    private bool _isOnLoop;
    private bool _isClosed;

    private ChildProcess(EventLoop loop, ProcessStartInfo info)
    {
        _loop = loop;
        _process = new Process { StartInfo = info, EnableRaisingEvents = true };
        _process.Exited += (_, _) => OnExited();
    }

    public int Id { get; private set; }

    public Task<int> Exited => _exited.Task;

    public Stream? Input { get; private set; }

    public Stream? Output { get; private set; }

    public Stream? Error { get; private set; }

    /// <summary>On the loop's thread.</summary>
    public static async ValueTask<LoopProcess> StartAsync(EventLoop loop, ProcessStartInfo info, CancellationToken cancellationToken)
    {
        var child = new ChildProcess(loop, info);
        await Starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await new LoopReturn(loop);
            await loop.OffloadAsync(static unborn => unborn.Start(), child, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Starting.Release();
        }

        try
        {
            if (!loop.IsCurrentThread) throw EventLoop.Ended(); // it ended while the program started
            cancellationToken.ThrowIfCancellationRequested();
            child.MoveToLoop();
            return new LoopProcess(loop, child);
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        var isOnLoop = _loop.IsCurrentThread;
        try
        {
            return await Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isOnLoop) await new LoopReturn(_loop); // the token may have been cancelled elsewhere
        }
    }

    public void Kill()
    {
        try
        {
            // The number may be another process's once .NET has buried the child, which it then says here.
            if (Exited.IsCompleted || _process.HasExited) return;
            if (OperatingSystem.IsLinux() && ProcessTree.IsSupported) ProcessTree.KillFrom(Id);
            else _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or something that it started has.
        }
    }

    [UnsupportedOSPlatform("windows")]
    public void SendSignal(PosixSignal signal)
    {
        var number = ProcessSignal.NumberOf(signal);
        if (Exited.IsCompleted || _process.HasExited) return;
        if (number == ProcessSignal.Terminate && OperatingSystem.IsLinux() && ProcessTree.IsSupported) _tree = ProcessTree.Below(Id);
        ProcessSignal.Send(Id, number);
    }

    /// <summary>Kills it if it runs, and closes its streams. Its end is still reported.</summary>
    public void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        if (_isOnLoop) _loop.Disown(this);
        Kill();
        foreach (var pipe in _pipes) pipe.Close();
        _inputPipe?.Dispose();
        _outputPipe?.Dispose();
        _errorPipe?.Dispose();
    }

    /// <summary>The loop ends, or has ended before it got this.</summary>
    public void Dispose()
    {
        Close();
        foreach (var pipe in _pipes) (pipe as PortablePipe)?.Abandon();
    }

    // On an offload thread: it blocks until the program runs or cannot.
    private int Start()
    {
        try
        {
            _process.Start();
            Id = _process.Id;
            var info = _process.StartInfo;
            if (info.RedirectStandardInput) _inputPipe = _process.StandardInput.BaseStream;
            if (info.RedirectStandardOutput) _outputPipe = _process.StandardOutput.BaseStream;
            if (info.RedirectStandardError) _errorPipe = _process.StandardError.BaseStream;
            return Id;
        }
        catch
        {
            _process.Dispose();
            throw;
        }
    }

    private void MoveToLoop()
    {
        _loop.Own(this);
        _isOnLoop = true;
        Input = Watch(_inputPipe, FileAccess.Write);
        Output = Watch(_outputPipe, FileAccess.Read);
        Error = Watch(_errorPipe, FileAccess.Read);
        if (Exited.IsCompleted) _process.Dispose();
    }

    private LoopStream? Watch(Stream? pipe, FileAccess access)
    {
        if (pipe is null) return null;
        var polled = _loop.Poller.Watch(pipe);
        _pipes.Add(polled);
        return new LoopStream(_loop, polled, access);
    }

    // On a pool thread, perhaps before Start has returned.
    private void OnExited()
    {
        var code = _process.ExitCode;
        if (!_loop.TryPostLibrary(_ => Finish(code), null)) Finish(code); // the loop has ended, and somebody may wait all the same
    }

    private void Finish(int code)
    {
        if (OperatingSystem.IsLinux()) _tree?.Kill();
        _exited.SetResult(code);
        if (_isOnLoop) _process.Dispose(); // else Start may still be busy with it. What it was asked for, such as its streams, stays open
    }
}
