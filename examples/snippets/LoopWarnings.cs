using System.Diagnostics.Tracing;
using System.Globalization;

public sealed class LoopWarnings : EventListener
{
    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == "Braid") EnableEvents(source, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs warning) =>
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, warning.Message!, [.. warning.Payload!]));
}
