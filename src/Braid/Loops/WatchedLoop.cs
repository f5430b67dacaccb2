using System.Diagnostics.Tracing;
using System.Globalization;
using Braid.Stacks;

namespace Braid.Loops;

/// <summary>The watchdog's notes about one loop: since when its callback has not changed, and who is told.</summary>
/// <param name="pulse">What the loop shows.</param>
/// <param name="options">The time that a callback may take, and whom to tell.</param>
/// <param name="name">The loop's name in reports.</param>
/// <param name="lane">Its row on the timeline.</param>
internal sealed class WatchedLoop(LoopPulse pulse, LoopOptions options, string name, int lane)
{
    // Looks per SlowCallback: a callback is told of a quarter late at most.
    private const int Looks = 4;

    // From one report of the same callback to the next the time grows tenfold: 0.1 s, 1 s, 10 s, …
    private const int Growth = 10;

    // Below this nothing can be told on an ordinary system; above it a new loop's shorter time would have to wait.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    // A stack stops all threads for moments and costs some hundredths of a second of a processor: at most a few per cent of one.
    private static readonly TimeSpan StackInterval = TimeSpan.FromSeconds(1);

    // The watchdog's thread only.
    private static long _lastStack;

    // What is measured is real time, whatever clock the loop lives by.
    private readonly TimeProvider _clock = TimeProvider.System;
    private long _seen = -1;
    private long _since;
    private TimeSpan _due;

    public LoopPulse Pulse => pulse;

    public TimeSpan Interval { get; } = TimeSpan.FromTicks(Math.Clamp(options.SlowCallback.Ticks / Looks, ShortestInterval.Ticks, LongestInterval.Ticks));

    /// <summary>Looks once, and reports if it is time.</summary>
    public void Look()
    {
        var callbacks = pulse.Callbacks;
        if (pulse.Current().Callback is null || callbacks != _seen)
        {
            _seen = callbacks;
            _since = _clock.GetTimestamp();
            _due = options.SlowCallback;
            return;
        }

        var held = _clock.GetElapsedTime(_since);
        if (held < _due) return;
        Report(held);
        _due = held * Growth;
    }

    private void Report(TimeSpan held)
    {
        var isLogged = BraidEventSource.Log.IsEnabled(EventLevel.Warning, EventKeywords.None);
        if (options.Timeline is null && !isLogged) return;

        var current = pulse.Current();
        if (current.Callback is null || !IsStillThere()) return;
        var (itemId, callbackName) = CallbackName.Of(current.Callback, current.State);
        var stack = Stack();
        options.Timeline?.Record(itemId, callbackName, TracePhase.SlowCallback, name, lane,
            string.Create(CultureInfo.InvariantCulture, $"it has held the loop for {held.TotalMilliseconds:0} ms\n{stack}"));
        BraidEventSource.Log.SlowCallback(name, callbackName, held.TotalMilliseconds, stack);
    }

    private bool IsStillThere() => pulse.Callbacks == _seen && pulse.Current().Callback is not null;

    private string Stack()
    {
        if (_lastStack != 0 && _clock.GetElapsedTime(_lastStack) < StackInterval)
            return $"   (no stack: the one before was taken less than {StackInterval.TotalSeconds:0} s ago)";
        var frames = ThreadStack.Take(pulse.ThreadId, IsStillThere, out var whyNot);
        _lastStack = _clock.GetTimestamp();
        if (frames is null) return $"   (no stack: {whyNot})";

        // Below the callback there is only the loop itself.
        return string.Join('\n', frames.TakeWhile(frame => !frame.StartsWith("Braid.Loops.LoopIteration.", StringComparison.Ordinal)).Select(frame => $"   at {frame}"));
    }
}
