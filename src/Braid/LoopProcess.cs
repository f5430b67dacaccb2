using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Braid.Loops;

namespace Braid;

/// <summary>Another program, started from an event loop: its streams are read and written, and its end is awaited, on the loop.</summary>
/// <remarks>
/// For the loop's thread only, except its streams, <see cref="WaitForExitAsync"/> and <see cref="DisposeAsync"/>. On Linux neither the streams
/// nor the wait take a thread. Disposal kills what still runs, the program and all that it has started; so does the end of the loop.
/// For work of this program in another process, see <see cref="ProcessExecutor"/>.
/// </remarks>
public sealed class LoopProcess : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly ChildProcess _child;

    internal LoopProcess(EventLoop loop, ChildProcess child)
    {
        _loop = loop;
        _child = child;
    }

    /// <summary>The system's number for the process. May belong to another once it has ended.</summary>
    public int Id => _child.Id;

    /// <summary>How the program ended, see <see cref="WaitForExitAsync"/>; null: it runs.</summary>
    public int? ExitCode => _child.Exited.IsCompletedSuccessfully ? _child.Exited.Result : null;

    /// <summary>What the program reads. Dispose it to end the program's input.</summary>
    /// <remarks>Writing to a program that reads no more is an <see cref="IOException"/>. As a stream, it may be used from any thread.</remarks>
    /// <exception cref="InvalidOperationException">It is not <see cref="LoopProcessStream.Piped"/>.</exception>
    public Stream StandardInput => _child.Input ?? throw NotPiped(nameof(StandardInput));

    /// <summary>What the program writes; ends when nobody holds the other end of the pipe, which what the program has started may do too.</summary>
    /// <remarks>For lines: <c>new StreamReader(process.StandardOutput)</c>. As a stream, it may be used from any thread.</remarks>
    /// <exception cref="InvalidOperationException">It is not <see cref="LoopProcessStream.Piped"/>.</exception>
    public Stream StandardOutput => _child.Output ?? throw NotPiped(nameof(StandardOutput));

    /// <summary>What the program writes of errors. See <see cref="StandardOutput"/>.</summary>
    /// <exception cref="InvalidOperationException">It is not <see cref="LoopProcessStream.Piped"/>.</exception>
    public Stream StandardError => _child.Error ?? throw NotPiped(nameof(StandardError));

    /// <summary>Starts a program. On an event loop's thread; the process belongs to that loop.</summary>
    /// <param name="program">The program's path, or its name, which is looked for in the directories of PATH. No shell: nothing in it is expanded.</param>
    /// <param name="arguments">Its arguments, each as it is; null: none.</param>
    /// <param name="options">How; null: the defaults, with this program's own standard streams.</param>
    /// <param name="cancellationToken">Gives up: a program that has started meanwhile is killed.</param>
    /// <returns>The running program; the caller disposes it.</returns>
    /// <remarks>Starting blocks for a millisecond or so, and is done on one of <see cref="EventLoop.OffloadAsync"/>'s threads.</remarks>
    /// <exception cref="InvalidOperationException">This thread runs no event loop.</exception>
    /// <exception cref="NotSupportedException">The loop has a <see cref="LoopOptions.Seed"/>, and so no outside.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program or working directory, or it may not be run.</exception>
    public static ValueTask<LoopProcess> StartAsync(
        string program, IEnumerable<string>? arguments = null, LoopProcessOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        var loop = EventLoop.RequireReal("LoopProcess.StartAsync");
        options ??= new LoopProcessOptions();
        options.Validate();
        var start = new ProcessStartInfo(program, arguments ?? [])
        {
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory ?? "",
            RedirectStandardInput = options.StandardInput == LoopProcessStream.Piped,
            RedirectStandardOutput = options.StandardOutput == LoopProcessStream.Piped,
            RedirectStandardError = options.StandardError == LoopProcessStream.Piped,
        };
        foreach (var (name, value) in options.EnvironmentVariables) start.Environment[name] = value;
        return ChildProcess.StartAsync(loop, start, cancellationToken);
    }

    /// <summary>Waits until the program has ended. From any thread, any number of times.</summary>
    /// <param name="cancellationToken">Ends the wait, not the program.</param>
    /// <returns>What the program returned; for one that a signal has ended, 128 and the signal's number, as a shell reports it.</returns>
    /// <remarks>
    /// Its output may be read afterwards too. But a program that waits for somebody to read its pipe never ends: read first, or at the same
    /// time. The task completes on the loop, so what awaits it elsewhere without a SynchronizationContext goes on on the loop.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled ? _child.WaitForExitAsync(cancellationToken) : _child.Exited;

    /// <summary>Kills the program and all that it has started, at once; they cannot refuse. Does nothing if it has ended.</summary>
    /// <remarks>What was started by a program that has ended before, and still runs, is not found any more.</remarks>
    /// <exception cref="InvalidOperationException">This is not the loop's thread.</exception>
    public void Kill()
    {
        Check("Kill");
        _child.Kill();
    }

    /// <summary>Sends the program, and it alone, a signal. Does nothing if it has ended.</summary>
    /// <param name="signal">A member of <see cref="PosixSignal"/>, or a signal's number on this system. SIGTERM asks the program to end;
    /// what it has started by then is killed when it has (Linux).</param>
    /// <exception cref="InvalidOperationException">This is not the loop's thread.</exception>
    /// <exception cref="PlatformNotSupportedException">Windows has no signals: see <see cref="Kill"/>.</exception>
    [UnsupportedOSPlatform("windows")]
    public void SendSignal(PosixSignal signal)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException($"Windows has no signals, so {signal} cannot be sent; use Kill, or agree with the program on a message.");
        Check("SendSignal");
        _child.SendSignal(signal);
    }

    /// <summary>Kills what still runs, closes the streams, and waits until the program has ended. From any thread, any number of times.</summary>
    public async ValueTask DisposeAsync()
    {
        await LoopDisposal.CloseAsync(_loop, _child, static child => child.Close()).ConfigureAwait(false);
        await _child.Exited.ConfigureAwait(false);
    }

    private void Check(string member)
    {
        if (!_loop.IsCurrentThread)
            throw new InvalidOperationException($"LoopProcess.{member} must be called on the thread of the process's own event loop; DisposeAsync may be called from any thread.");
    }

    private static InvalidOperationException NotPiped(string stream) =>
        new($"{stream} is the one of this program; start with new LoopProcessOptions {{ {stream} = LoopProcessStream.Piped }} to have it here.");
}
