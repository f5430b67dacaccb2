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
}
