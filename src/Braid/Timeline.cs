using Braid.Items;
using Braid.Tracing;

namespace Braid;

/// <summary>The recorded events of a run. Give one to the executors that it should watch (<see cref="ExecutorOptions.Timeline"/>).</summary>
/// <remarks>Thread-safe. Costs about 0.1 µs and 50 bytes an event, three events an item.</remarks>
public sealed class Timeline
{
    // Guards _events and _numbers.
    private readonly Lock _gate = new();
    private readonly List<TraceEvent> _events = [];
    private TimeProvider _timeProvider;
    private long _origin;
    private Dictionary<long, long>? _numbers; // items by their own id; null: they keep it

    /// <summary>Makes an empty timeline whose time starts now.</summary>
    /// <param name="timeProvider">Its clock; null: the system's.</param>
    public Timeline(TimeProvider? timeProvider = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _origin = _timeProvider.GetTimestamp();
        if (_timeProvider is ISimulatedClock { IsSimulated: true }) _numbers = [];
    }

    /// <summary>What has happened so far, by time: a copy, so that it can be read while the run goes on.</summary>
    public IReadOnlyList<TraceEvent> Events
    {
        get
        {
            lock (_gate)
            {
                // Recorded under the lock but stamped before it, so neighbours may be out of order.
                return [.. _events.OrderBy(e => e.At)];
            }
        }
    }

    /// <summary>Writes one self-contained HTML page: a row per lane, the items in progress, nothing from the network.</summary>
    public Task SaveHtmlAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return HtmlReport.SaveAsync(path, Events, cancellationToken);
    }

    /// <summary>Writes the events in the Trace Event format, which Perfetto and chrome://tracing open.</summary>
    public Task SaveChromeTraceAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ChromeTrace.SaveAsync(path, Events, cancellationToken);
    }

    /// <param name="itemId">The item; 0: none.</param>
    /// <param name="name">Its work, or what else it is about.</param>
    /// <param name="phase">What happened.</param>
    /// <param name="executor">Its name.</param>
    /// <param name="lane">The row; -1: none.</param>
    /// <param name="detail">What else there is to say.</param>
    /// <param name="at">When, as a timestamp of the system's clock, if that is this timeline's; 0: now.</param>
    internal void Record(long itemId, string name, TracePhase phase, string executor, int lane, string? detail = null, long at = 0)
    {
        var elapsed = at == 0 || _timeProvider != TimeProvider.System ? _timeProvider.GetElapsedTime(_origin) : _timeProvider.GetElapsedTime(_origin, at);
        var traceEvent = new TraceEvent(itemId, name, phase, executor, lane, elapsed) { Detail = detail };
        lock (_gate) _events.Add(_numbers is null || itemId == 0 ? traceEvent : traceEvent with { ItemId = NumberOf(itemId) });
    }

    /// <summary>Begins anew by the clock of a loop with a seed: what two runs of the seed record is then the same.</summary>
    internal void Follow(TimeProvider timeProvider)
    {
        lock (_gate)
        {
            _events.Clear();
            _numbers = [];
            _timeProvider = timeProvider;
            _origin = timeProvider.GetTimestamp();
        }
    }

    // An item's own id counts all items of the process, so it differs from run to run; its place in the order of arrival does not.
    private long NumberOf(long itemId)
    {
        if (!_numbers!.TryGetValue(itemId, out var number)) _numbers[itemId] = number = _numbers.Count + 1;
        return number;
    }
}
