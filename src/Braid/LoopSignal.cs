using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Braid.Loops;

namespace Braid;

/// <summary>Listens to one of the system's signals, such as SIGHUP, on an event loop.</summary>
/// <remarks>
/// For the loop's thread only, except <see cref="Dispose"/>. From <see cref="Listen"/> to disposal the signal does not do what it does by
/// default: a listener to SIGTERM keeps the program running until it ends by itself. Listening to SIGINT takes the place of what
/// <see cref="EventLoop.Run(Func{CancellationToken, Task}, LoopOptions?, CancellationToken)"/> does at Ctrl-C; no Ctrl-C ends the program then.
/// Several may listen to one signal, on one loop or several; each hears it.
/// </remarks>
public sealed class LoopSignal : IDisposable
{
    private readonly EventLoop _loop;
    private readonly SignalOperation _wait;
    private readonly PosixSignalRegistration _registration;
    private readonly PosixSignal _signal;
    private int _isDisposed;

    private LoopSignal(EventLoop loop, PosixSignal signal)
    {
        _loop = loop;
        _signal = signal;
        _wait = new SignalOperation(loop);
        _registration = PosixSignalRegistration.Create(signal, OnSignal);
        if (signal == PosixSignal.SIGINT) loop.CountInterruptListener(1);
        loop.Own(this);
    }

    /// <summary>Starts to listen. On an event loop's thread; the listener belongs to that loop, and ends with it.</summary>
    /// <param name="signal">A member of <see cref="PosixSignal"/>; outside Windows also a signal's number, such as 10 for Linux's SIGUSR1.</param>
    /// <exception cref="InvalidOperationException">This thread runs no event loop.</exception>
    /// <exception cref="NotSupportedException">The loop has a <see cref="LoopOptions.Seed"/>, and so no outside.</exception>
    /// <exception cref="PlatformNotSupportedException">This system does not have the signal: Windows knows SIGINT, SIGQUIT, SIGHUP and SIGTERM.</exception>
    /// <exception cref="IOException">The signal cannot be listened to, as SIGKILL.</exception>
    [UnsupportedOSPlatform("android")]
    [UnsupportedOSPlatform("browser")]
    [UnsupportedOSPlatform("ios")]
    [UnsupportedOSPlatform("tvos")]
    [UnsupportedOSPlatform("wasi")]
    public static LoopSignal Listen(PosixSignal signal) => new(EventLoop.RequireReal("LoopSignal.Listen"), signal);

    /// <summary>Waits for the signal. Complete at once if it has come since the last wait, once however often.</summary>
    /// <param name="cancellationToken">Ends the wait; the signal is still listened to.</param>
    /// <remarks>Allocates nothing without a cancellable token.</remarks>
    /// <exception cref="InvalidOperationException">Another wait is in progress, or this is not the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed, now or while it waited.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (!_loop.IsCurrentThread) throw new InvalidOperationException("LoopSignal.WaitAsync must be called on the thread of the listener's own event loop.");
        if (_wait.IsBusy) throw new InvalidOperationException($"A wait for {_signal} is in progress on this listener already; await it, or Listen once more.");
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : _wait.Start(cancellationToken);
    }

    /// <summary>
    /// Ends listening: with the last listener the signal does again what it does by default. A pending wait fails with
    /// <see cref="ObjectDisposedException"/>. From any thread, any number of times.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _registration.Dispose();
        if (_signal == PosixSignal.SIGINT) _loop.CountInterruptListener(-1);
        _ = LoopDisposal.CloseAsync(_loop, this, static self => self.Close());
    }

    // On a thread of the runtime's, which must not be kept.
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _loop.TryPostLibrary(static wait => ((SignalOperation)wait!).Arrive(), _wait);
    }

    private void Close()
    {
        _loop.Disown(this);
        _wait.FailIfPending(new ObjectDisposedException(nameof(LoopSignal), $"The listener to {_signal} was disposed while a wait was pending."));
    }
}
