// Awaits in this folder keep the context on purpose: it is what brings user code back to the loop.
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Braid.Loops;

/// <summary>Fits a main function without a result to <see cref="LoopMain{TResult}"/>.</summary>
internal static class LoopMain
{
    public static Task<bool>? WithoutResult(Task? main) => main is null ? null : AwaitAsync(main);

    private static async Task<bool> AwaitAsync(Task main)
    {
        await main;
        return true;
    }
}

/// <summary>One <c>EventLoop.Run</c>: the main task, what cancels it, and which error the caller gets.</summary>
internal sealed class LoopMain<TResult>(Func<CancellationToken, Task<TResult>?> main) : LiveTask
{
    private readonly List<Exception> _callbackErrors = [];
    private CancellationTokenSource? _cancellation;
    private Task<TResult>? _task;
    private bool _ended;
    private int _interrupts;

    public override string Name => "main";

    public TResult Run(LoopOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var loop = new EventLoop(options);
        loop.FindDeadlocks();
        using (_cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        using (RegisterInterrupt(loop))
        {
            loop.Post(_ => _task = MainAsync(), main); // main is the state only for the watchdog, which names the callback after it
            loop.Main = this;
            loop.LiveTasks.Add(this);
            loop.RunUntil(() => _ended, OnCallbackError, beforeEnd: CancelMain);
        }

        return Result();
    }

    private async Task<TResult> MainAsync()
    {
        try
        {
            var task = main(_cancellation!.Token)
                ?? throw new InvalidOperationException("The main function returned null instead of a task.");
            return await task;
        }
        finally
        {
            EventLoop.Current?.LiveTasks.Remove(this);
            _ended = true; // on the loop's thread: the await came back to it
        }
    }

    private PosixSignalRegistration? RegisterInterrupt(EventLoop loop) =>
        OperatingSystem.IsAndroid() || OperatingSystem.IsBrowser() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() || OperatingSystem.IsWasi()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnInterrupt(loop, signal));

    // The first Ctrl-C asks main to end. The second is left alone: the system's default ends the program.
    private void OnInterrupt(EventLoop loop, PosixSignalContext signal)
    {
        if (loop.HasInterruptListener) return; // main takes care of it itself
        if (Interlocked.Increment(ref _interrupts) > 1) return;
        signal.Cancel = true;
        CancelMain();
    }

    private void CancelMain()
    {
        try
        {
            _cancellation!.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The signal came just as Run returned.
        }
        catch (AggregateException exception)
        {
            // From the callbacks that main had registered with its token. On a signal's thread there is nobody else to tell.
            lock (_callbackErrors) _callbackErrors.AddRange(exception.InnerExceptions);
        }
    }

    // A callback has nobody who awaits it. Its error must neither be lost nor wait until a server's main ends some day: it ends main.
    private void OnCallbackError(Exception exception)
    {
        lock (_callbackErrors) _callbackErrors.Add(exception);
        CancelMain();
    }

    private TResult Result()
    {
        if (_callbackErrors.Count == 0 && _task is not null) return _task.GetAwaiter().GetResult();

        // Main's cancellation is what a callback's error caused; main's own failure is not.
        List<Exception> errors = [.. _callbackErrors];
        if (_task?.Exception is { } failure) errors.AddRange(failure.InnerExceptions);
        if (errors.Count == 1) ExceptionDispatchInfo.Throw(errors[0]);
        throw new AggregateException("Several callbacks of the event loop failed.", errors);
    }
}
