using System.Runtime.CompilerServices;
using Braid.Stacks;

namespace Braid.Loops;

/// <summary>The turns of a loop. The only place where callbacks are called.</summary>
/// <remarks>
/// <code>
///   other threads ──► IncomingQueue ──┐  (wakes the loop if it sleeps)
///                                     ▼
///   one turn:   take over ──► poll ──► due timers ──► run exactly the callbacks that are ready now ──► next turn
///                              │           │                 │
///               sockets that ──┘           │                 └─► what they make ready runs in the next turn
///               can go on: ReadyQueue ◄────┘
///
///   poll:   nothing ready → sleeps until a socket, a post or the next timer;
///           something ready → does not sleep, and looks at all only once per PollInterval
///
///   SynchronizationContext.Current:
///           null while polling, while firing timers and in library callbacks: a task that is completed there runs its
///           ConfigureAwait(false) continuations on the spot, on this thread;
///           the loop's own while user callbacks run: what they await brings them back here
/// </code>
/// With another context than null, .NET hands every ConfigureAwait(false) continuation to the thread pool: 2 µs and off the loop, against
/// 0.15 µs here.
/// </remarks>
internal sealed class LoopIteration(
    LoopSynchronizationContext context, Poller poller, IncomingQueue incoming, ReadyQueue ready, LoopTimers timers, TimeProvider clock, Simulation? simulation)
{
    // A look at the sockets is a system call of 0.3 µs. While callbacks are ready, one per 20 µs costs 2 % at most and delays a socket by
    // no more than that; one per turn would cost a lone yielding task nine tenths of its speed.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMicroseconds(20);

    // Operations that one callback may find completed at once, before the next is made to wait for the next turn. A peer that sends
    // as fast as we read must not keep the others from running. (Tokio allows its tasks 128.)
    private const int InlineBudget = 128;

    // Under a clock that does not run by itself an interval says nothing: poll every turn.
    private readonly long _pollInterval = clock == TimeProvider.System ? PollInterval.Ticks * clock.TimestampFrequency / TimeSpan.TicksPerSecond : 0;
    private readonly ClockAlarm? _alarm = clock == TimeProvider.System || simulation is not null ? null : new ClockAlarm(incoming, timers, clock);
    private readonly ReadyQueue _ready = ready;
    private ExecutionContext? _executionContext;
    private long _lastPoll;
    private int _inlineLeft;
    private bool _contextInstalled;

    /// <summary>What the watchdog sees of the loop.</summary>
    public LoopPulse Pulse { get; } = new(ready);

    /// <summary>Nothing to run now. What other threads have posted counts.</summary>
    public bool IsIdle => _ready.Count == 0 && !incoming.HasEntries;

    /// <summary>Whether an operation that could complete at once may do so; false: it must take its turn.</summary>
    public bool MayCompleteInline => --_inlineLeft >= 0;

    /// <summary>To be called once on the loop's thread before the first turn.</summary>
    public void Begin()
    {
        _executionContext = ExecutionContext.Capture();
        Pulse.ThreadId = ThreadNumber.Current();
        SynchronizationContext.SetSynchronizationContext(null);
    }

    public void Turn(Action<Exception> onError)
    {
        if (incoming.HasEntries) incoming.DrainTo(_ready);
        if (_ready.Count == 0) Wait();
        else Glance();
        RunReady(onError);
    }

    /// <summary>A turn at the loop's end: what is ready, and no look outside.</summary>
    public void LastTurn(Action<Exception> onError)
    {
        if (incoming.HasEntries) incoming.DrainTo(_ready);
        RunReady(onError);
    }

    public void End()
    {
        _alarm?.Dispose();
        _ready.Clear();
    }

    // Something is ready: see whether the outside has news, without waiting for any.
    private void Glance()
    {
        var now = clock.GetTimestamp();
        if (now - _lastPoll >= _pollInterval)
        {
            poller.Poll(TimeSpan.Zero);
            _lastPoll = now;
        }

        timers.FireDue(now);
    }

    // Nothing is ready: sleep until something is.
    private void Wait()
    {
        var timeout = timers.Until(timers.NextDeadline);
        if (timeout == TimeSpan.Zero || !incoming.TryBeginSleep())
        {
            poller.Poll(TimeSpan.Zero);
        }
        else
        {
            Sleep(timeout);
            incoming.EndSleep();
        }

        if (incoming.HasEntries) incoming.DrainTo(_ready);
        _lastPoll = clock.GetTimestamp();
        timers.FireDue(_lastPoll);
    }

    private void Sleep(TimeSpan timeout)
    {
        Pulse.FallAsleep();
        if (_alarm is null || timeout == Timeout.InfiniteTimeSpan) poller.Poll(timeout);
        else poller.Poll(_alarm.Arm(timers.NextDeadline) ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);
        Pulse.WakeUp();
    }

    private void RunReady(Action<Exception> onError)
    {
        if (simulation is not null)
        {
            RunArranged(simulation, onError);
            return;
        }

        var end = _ready.End; // what is added from here on belongs to the next turn
        while (_ready.Removed < end)
        {
            // One try around many callbacks: entering it for each would show in the switch rate.
            try
            {
                RunUntil(end);
            }
            catch (Exception exception)
            {
                OnThrown(exception, onError);
            }
        }

        UninstallContext();
    }

    // Apart from the try, across which nothing could be kept in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunUntil(long end)
    {
        var ready = _ready;
        while (ready.Removed < end)
        {
            Run(in ready.Oldest());
            ready.RemoveOldest();
        }
    }

    // With a seed: in the order that it chooses, and each with what it leaves on other threads.
    private void RunArranged(Simulation arranged, Action<Exception> onError)
    {
        for (var left = arranged.Arrange(_ready); left > 0; left--)
        {
            try
            {
                Run(in _ready.Oldest());
                _ready.RemoveOldest();
            }
            catch (Exception exception)
            {
                OnThrown(exception, onError);
            }

            arranged.Outside.Settle();
        }

        UninstallContext();
    }

    // By the oldest entry's callback, which is over with it.
    private void OnThrown(Exception exception, Action<Exception> onError)
    {
        _ready.RemoveOldest();
        onError(exception);
        RestoreUserContexts();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Run(in ReadyEntry entry)
    {
        _inlineLeft = InlineBudget;
        if (entry.Kind == ReadyKind.UserAction)
        {
            InstallContext();
            Unsafe.As<Action>(entry.Callback)!();
            return;
        }

        RunOther(in entry);
    }

    // Apart, so that no more than the most frequent kind is part of the loop above: together 6 % of the switch rate (`benchmarks loop-switches`).
    private void RunOther(in ReadyEntry entry)
    {
        switch (entry.Kind)
        {
            case ReadyKind.User:
                InstallContext();
                Unsafe.As<Action<object?>>(entry.Callback)!(entry.State);
                RestoreUserContexts();
                break;
            case ReadyKind.UserPost:
                InstallContext();
                Unsafe.As<SendOrPostCallback>(entry.Callback)!(entry.State);
                RestoreUserContexts();
                break;
            case ReadyKind.LibraryAction:
                UninstallContext();
                Unsafe.As<Action>(entry.Callback)!();
                break;
            case ReadyKind.Library:
                UninstallContext();
                Unsafe.As<Action<object?>>(entry.Callback)!(entry.State);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InstallContext()
    {
        if (_contextInstalled) return;
        SynchronizationContext.SetSynchronizationContext(context);
        _contextInstalled = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void UninstallContext()
    {
        if (!_contextInstalled) return;
        SynchronizationContext.SetSynchronizationContext(null);
        _contextInstalled = false;
    }

    // A plain callback, unlike an async method, may leave an AsyncLocal or another context behind; the next one must not see it.
    private void RestoreUserContexts()
    {
        var expected = _contextInstalled ? context : null;
        if (!ReferenceEquals(SynchronizationContext.Current, expected)) SynchronizationContext.SetSynchronizationContext(expected);
        if (_executionContext is not null && !ReferenceEquals(ExecutionContext.Capture(), _executionContext)) RestoreExecutionContext();
    }

    private void RestoreExecutionContext()
    {
        if (ExecutionContext.IsFlowSuppressed()) ExecutionContext.RestoreFlow();
        ExecutionContext.Restore(_executionContext!);
    }
}
