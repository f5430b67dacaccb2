using System.Diagnostics.Tracing;
using Braid.Items;

namespace Braid.Loops;

/// <summary>What a loop has to say at its end, through <see cref="BraidEventSource"/>: what was left over, and failures that nobody has seen.</summary>
/// <remarks>If nobody listens, nothing here costs anything.</remarks>
internal sealed class LoopReports(string name)
{
    // .NET tells of a failure that nobody has seen when the garbage collector finds its task; a finalizer that hangs must not keep Run from returning.
    private static readonly TimeSpan FinalizerTime = TimeSpan.FromSeconds(1);

    // Guards _running, and with it the registrations.
    private static readonly Lock Gate = new();
    private static int _running;

    [ThreadStatic]
    private static int _thrown;

    private bool _isListening;

    /// <summary>On the loop's thread, before its first turn.</summary>
    public void Begin()
    {
        _isListening = BraidEventSource.Log.IsEnabled(EventLevel.Warning, EventKeywords.None);
        if (!_isListening) return;
        _thrown = 0;
        lock (Gate)
        {
            if (_running++ > 0) return;
            TaskScheduler.UnobservedTaskException += OnUnobserved;
            AppDomain.CurrentDomain.FirstChanceException += OnThrown;
        }
    }

    /// <summary>Main has ended, and what still waits is about to be ended.</summary>
    public void TellEnded(IEnumerable<ILoopWait> operations)
    {
        if (BraidEventSource.Log.IsEnabled(EventLevel.Informational, EventKeywords.None) && new LoopWaits(operations).OfAll() is { } waits)
            BraidEventSource.Log.LeftOverEnded(name, waits);
    }

    /// <summary>The last turn is over, and this is what goes on all the same.</summary>
    public void TellRemaining(ReadyQueue ready, LiveTasks tasks)
    {
        if (!BraidEventSource.Log.IsEnabled(EventLevel.Warning, EventKeywords.None)) return;
        List<string> remaining = [.. tasks.ToList().Where(task => task.IsOffload).Select(task => $"offload of {task.Name}")];
        for (; ready.Count > 0; ready.RemoveOldest())
        {
            var entry = ready.Oldest();
            remaining.Add(CallbackName.Of(entry.Callback!, entry.State).Name);
        }

        if (LoopWaits.Text(remaining) is { } text) BraidEventSource.Log.LeftOver(name, text);
    }

    /// <summary>On the loop's thread, when nothing of the loop runs any more.</summary>
    public void End()
    {
        if (!_isListening) return;

        // A garbage collection at the end is only worth its time if something was thrown on this thread at all.
        if (_thrown > 0)
        {
            GC.Collect();
            Task.Run(GC.WaitForPendingFinalizers).Wait(FinalizerTime);
        }

        lock (Gate)
        {
            if (--_running > 0) return;
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
            AppDomain.CurrentDomain.FirstChanceException -= OnThrown;
        }
    }

    private static void OnThrown(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e)
    {
        if (EventLoop.Current is not null) _thrown++;
    }

    // .NET raises this once for each task. It does not say where the task was started, so those of the whole program are told.
    private static void OnUnobserved(object? task, UnobservedTaskExceptionEventArgs e) =>
        BraidEventSource.Log.UnobservedFailure(task is not null && CallbackName.IsAsyncMethod(task) ? CallbackName.NameOf(task) : "a task", ExceptionText.Of(e.Exception.InnerException ?? e.Exception));
}
