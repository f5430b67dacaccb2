using System.Diagnostics.Tracing;

namespace Braid;

/// <summary>What Braid has to say to whoever runs the program: warnings for the log.</summary>
/// <remarks>
/// An event source of the name <c>Braid</c>, for dotnet-trace, for an <see cref="EventListener"/> of the program, and for what forwards them to a
/// log. The numbers of the events are a promise.
/// </remarks>
[EventSource(Name = "Braid")]
internal sealed class BraidEventSource : EventSource
{
    internal static readonly BraidEventSource Log = new();

    private BraidEventSource()
    {
    }

    /// <summary>Encoding takes longer than the work: see <see cref="TracePhase.CostlyEncoding"/>.</summary>
    [Event(1, Level = EventLevel.Warning, Message = "{0}: {3}")]
    internal void CostlyEncoding(string executor, double encodingMicroseconds, double workMicroseconds, string message) =>
        WriteEvent(1, executor, encodingMicroseconds, workMicroseconds, message);

    /// <summary>A callback holds a loop: see <see cref="TracePhase.SlowCallback"/>.</summary>
    [Event(2, Level = EventLevel.Warning, Message = "{0}: '{1}' has held the loop for {2} ms\n{3}")]
    internal void SlowCallback(string loop, string name, double milliseconds, string stack) => WriteEvent(2, loop, name, milliseconds, stack);

    /// <summary>A task failed while a loop ran, and nobody has looked at its exception; told once for each task.</summary>
    [Event(3, Level = EventLevel.Warning, Message = "'{0}' failed, and nobody has awaited it: {1}")]
    internal void UnobservedFailure(string name, string exception) => WriteEvent(3, name, exception);

    /// <summary>A loop has ended, and this goes on all the same.</summary>
    [Event(4, Level = EventLevel.Warning, Message = "{0} has ended, and this was left behind: {1}")]
    internal void LeftOver(string loop, string tasks) => WriteEvent(4, loop, tasks);

    /// <summary>A loop's main has ended while this was waiting; the loop ends it.</summary>
    [Event(5, Level = EventLevel.Informational, Message = "{0}: main has ended, so this is ended too: {1}")]
    internal void LeftOverEnded(string loop, string operations) => WriteEvent(5, loop, operations);

    /// <summary>An async method began on a loop and goes on on another thread: see <see cref="TracePhase.Escape"/>.</summary>
    [Event(6, Level = EventLevel.Warning, Message = "{0}: '{1}' has left the loop: {2}")]
    internal void Escape(string loop, string name, string detail) => WriteEvent(6, loop, name, detail);
}
