namespace Braid.Loops;

/// <summary>Waiting for a signal. One that comes while nobody waits is kept; several become one, as the system itself does it.</summary>
internal sealed class SignalOperation(EventLoop loop) : LoopOperation<int>(loop)
{
    private bool _hasCome;

    public override string What => "a signal";

    public ValueTask Start(CancellationToken cancellationToken)
    {
        if (_hasCome)
        {
            _hasCome = false;
            if (Loop.MayCompleteInline) return ValueTask.CompletedTask;
            CompleteNextTurn(0);
        }
        else
        {
            Begin(cancellationToken);
        }

        return VoidTask;
    }

    /// <summary>On the loop's thread.</summary>
    public void Arrive()
    {
        if (IsPending && !IsDeferred) Complete(0);
        else _hasCome = true;
    }
}
