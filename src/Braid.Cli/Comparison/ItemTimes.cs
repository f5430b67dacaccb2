namespace Braid.Cli.Comparison;

/// <summary>When each item of a run waited and ran, read from the timeline's events. Pure.</summary>
/// <param name="Waiting">From given to the executor until a worker began it, an item each.</param>
/// <param name="Running">From begun until ended, an item each.</param>
internal sealed record ItemTimes(IReadOnlyList<TimeSpan> Waiting, IReadOnlyList<TimeSpan> Running)
{
    internal static readonly ItemTimes None = new([], []);

    internal static ItemTimes Of(IEnumerable<TraceEvent> events)
    {
        var queued = new Dictionary<long, TimeSpan>();
        var started = new Dictionary<long, TimeSpan>();
        List<TimeSpan> waiting = [], running = [];
        foreach (var traceEvent in events)
        {
            switch (traceEvent.Phase)
            {
                case TracePhase.Queued:
                    queued[traceEvent.ItemId] = traceEvent.At;
                    break;
                case TracePhase.Started:
                    started[traceEvent.ItemId] = traceEvent.At;
                    if (queued.TryGetValue(traceEvent.ItemId, out var given)) waiting.Add(traceEvent.At - given);
                    break;
                case TracePhase.Succeeded or TracePhase.Failed when started.TryGetValue(traceEvent.ItemId, out var begun):
                    running.Add(traceEvent.At - begun);
                    break;
            }
        }

        return new ItemTimes(waiting, running);
    }
}
