namespace Braid.Tests.Tracing;

/// <summary>Makes events the way executors record them, times in µs.</summary>
internal static class Events
{
    internal static TraceEvent At(double microseconds, TracePhase phase, long item, int lane = -1, string? detail = null, string executor = "threads") =>
        new(item, item == 0 ? "worker" : "Primes.Count", phase, executor, lane, TimeSpan.FromMicroseconds(microseconds)) { Detail = detail };

    /// <summary>One whole item.</summary>
    internal static IEnumerable<TraceEvent> Item(
        long item, int lane, double queued, double started, double ended, TracePhase end = TracePhase.Succeeded, string argument = "7", string? error = null, string executor = "threads") =>
    [
        At(queued, TracePhase.Queued, item, -1, argument, executor),
        At(started, TracePhase.Started, item, lane, null, executor),
        At(ended, end, item, lane, error, executor),
    ];

    /// <summary>A run of equal items, one after the other on each of so many lanes; every 1,000th fails.</summary>
    internal static List<TraceEvent> Many(int items, int lanes, string executor = "threads")
    {
        var events = new List<TraceEvent>(items * 3);
        for (var i = 0; i < items; i++)
        {
            var started = i / lanes * 10.0;
            var end = i % 1_000 == 999 ? TracePhase.Failed : TracePhase.Succeeded;
            events.AddRange(Item(i + 1, i % lanes, 0, started, started + 9, end, $"argument number {i}", end == TracePhase.Failed ? "no" : null, executor));
        }

        return events;
    }
}
