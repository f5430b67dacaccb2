namespace Braid.Loops;

/// <summary>A sleep that a token can end: a timer and its ValueTask in one object, which goes back to its pool when awaited.</summary>
/// <remarks>Sleeps without a token, of which there may be a million, are no objects; see <see cref="TimerPage"/>.</remarks>
internal sealed class SleepOperation(EventLoop loop, LoopTimers timers) : LoopOperation<int>(loop), ILoopTimer
{
    /// <summary>What people read of a sleep.</summary>
    public const string Word = "sleep";

    public int Number { get; set; }

    public override string What => Word;

    public ValueTask Start(TimeSpan delay, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        if (IsPending) timers.Add(this, timers.SleepDeadline(delay));
        return VoidTask;
    }

    public void Fire() => Complete(0);

    public void Abandon() => Fail(new OperationCanceledException(LoopTimers.EndedMessage));

    protected override void OnCancelled() => timers.Remove(this);

    protected override void OnTaken()
    {
        if (Loop.IsCurrentThread) timers.Recycle(this);
    }
}
