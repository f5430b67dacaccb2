namespace Braid.Loops;

/// <summary>One <see cref="EventLoop.SleepAsync"/>: a timer and its ValueTask in one object, which goes back to its pool when awaited.</summary>
internal sealed class SleepOperation(EventLoop loop, LoopTimers timers) : LoopOperation<int>(loop), ILoopTimer
{
    public long Ticket { get; set; }

    public override string What => "sleep";

    public ValueTask Start(TimeSpan delay, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        if (IsPending) timers.Add(this, delay == Timeout.InfiniteTimeSpan ? LoopTimers.Never : timers.DeadlineAfter(delay));
        return VoidTask;
    }

    public void Fire() => Complete(0);

    public void Abandon() => Fail(new OperationCanceledException("The event loop ended before the time had passed."));

    protected override void OnCancelled() => timers.Remove(this);

    protected override void OnTaken()
    {
        if (Loop.IsCurrentThread) timers.Recycle(this);
    }
}
