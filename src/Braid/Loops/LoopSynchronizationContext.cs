using Braid.Items;

namespace Braid.Loops;

/// <summary>Brings user code back to its loop after an await of something that is not the loop's own.</summary>
/// <remarks>
/// One instance per loop, never a copy: a task that completes on the loop continues in place only if the context it captured is, by
/// reference, the current one.
/// </remarks>
internal sealed class LoopSynchronizationContext(EventLoop loop) : WatchfulSynchronizationContext(WatchMilliseconds)
{
    // A wait that lasts so long on a loop is a mistake; whether it can end at all is asked then. Waits for locks are far shorter.
    private const int WatchMilliseconds = 1000;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (loop.TryEnqueue(new ReadyEntry(ReadyKind.UserPost, d, state))) return;

        // The loop has ended and this is what is left of a task that it abandoned. It may have to release something, so it gets a
        // thread rather than none; what it does with the loop's sockets fails.
        ThreadPool.UnsafeQueueUserWorkItem(static entry => entry.d(entry.state), (d, state), preferLocal: false);
    }

    /// <summary>On the loop's thread the callback runs at once; from elsewhere it is refused.</summary>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!loop.IsCurrentThread)
            throw new NotSupportedException("Send would block this thread until the event loop has time for it; use Post, or EventLoop.Post.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    internal override bool KeepsLibraryCode => loop.IsSimulated;

    /// <summary>From now on the runtime calls <see cref="WatchfulSynchronizationContext.Wait"/> before user code blocks the loop's thread in managed code.</summary>
    internal void WatchWaits() => SetWaitNotificationRequired();

    protected override void OnLongWait()
    {
        if (loop.WhyWaitNeverEnds?.Invoke() is { } reason) throw new InvalidOperationException(reason);
    }
}
