using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Braid.Stacks;

namespace Braid.Loops;

/// <summary>What is told of the async methods that left one loop; each method is told of once.</summary>
/// <param name="timeline">Where it is told, besides <see cref="BraidEventSource"/>; null: nowhere else.</param>
/// <param name="name">The loop's name in reports.</param>
/// <param name="lane">Its row on the timeline.</param>
internal sealed class EscapeReports(Timeline? timeline, string name, int lane)
{
    // How a thread comes to a continuation; what is interesting is who sent it there.
    private static readonly string[] Plumbing = ["System.Threading", "System.Threading.Tasks", "System.Threading.Tasks.Sources", "System.Runtime.CompilerServices", "System.Diagnostics.Tracing", "Braid.Loops"];

    // Guards _told.
    private readonly Lock _gate = new();
    private readonly HashSet<Type> _told = [];
    private volatile bool _isOpen;

    /// <summary>Whether the loop runs. Main's end ends it too: what goes on elsewhere after that has no loop to come back to.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>On the loop's thread, before its first turn.</summary>
    public void Begin()
    {
        _isOpen = true;
        EscapeDetector.Add();
    }

    /// <summary>On the loop's thread, after main's end and before what is left over is ended.</summary>
    public void End()
    {
        if (!_isOpen) return;
        _isOpen = false;
        EscapeDetector.Remove(this);
    }

    /// <summary>Tells that a method of this loop goes on on this thread.</summary>
    /// <param name="method">The code of the async method.</param>
    /// <param name="itemId">The item that it began in; 0: none.</param>
    public void Tell(MethodBase method, long itemId)
    {
        var machine = method.DeclaringType!;
        lock (_gate)
            if (!_isOpen || !_told.Add(machine.IsGenericType ? machine.GetGenericTypeDefinition() : machine)) return;

        var methodName = MethodName.Of(machine, method.Name);
        var resumedBy = WhoResumed() is { } who ? $", resumed by {who}" : "";
        var detail = $"it began on the loop and goes on on {ThreadText()}{resumedBy}: what it touches from there on is not the loop's alone. "
            + "Await without ConfigureAwait(false), or give what is meant to run elsewhere to Task.Run or EventLoop.OffloadAsync.";
        timeline?.Record(itemId, methodName, TracePhase.Escape, name, lane, detail);
        BraidEventSource.Log.Escape(name, methodName, detail);
    }

    private static string ThreadText()
    {
        var thread = Thread.CurrentThread;
        if (thread.IsThreadPoolThread) return "a thread of the thread pool";
        var text = thread.Name is { Length: > 0 } threadName ? $"the thread '{threadName}'" : $"the thread {thread.ManagedThreadId}";
        return EventLoop.Current is null ? text : $"{text} of another loop";
    }

    // The code that completed what the method awaited, if it called the continuation itself; null: it went through a queue.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "What is missing is not named in a message; nothing depends on it.")]
    private static string? WhoResumed()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method) continue;
            if (type == typeof(LoopIteration)) return null; // below is only who runs that loop
            if (!Plumbing.Contains(type.Namespace)) return MethodName.Of(type, method.Name);
        }

        return null;
    }
}
