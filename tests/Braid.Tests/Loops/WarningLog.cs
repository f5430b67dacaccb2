using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Braid.Tests.Loops;

/// <summary>Hears the event source's warnings about one loop, by the loop's name.</summary>
internal sealed class WarningLog : EventListener
{
    private readonly BlockingCollection<EventWrittenEventArgs>? _events = [];

    public static string NewLoopName() => Guid.NewGuid().ToString();

    /// <summary>Waits for the next event of this number about this loop.</summary>
    public IReadOnlyList<object?> Next(int eventId, string loop)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var heard in _events!.GetConsumingEnumerable(bound.Token))
            if (heard.EventId == eventId && Equals(heard.Payload![0], loop)) return heard.Payload;
        throw new InvalidOperationException("The listener has ended.");
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Braid") EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) => _events?.Add(eventData);
}
