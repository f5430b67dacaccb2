using Braid.Items;

namespace Braid;

/// <summary>How a group treats its time, its surroundings and the failures of its children.</summary>
public sealed record GroupOptions
{
    /// <summary>
    /// Time for the whole block, from its start; by the executor's clock. When it is over, the children and the group's token are cancelled, the
    /// group waits for all, and raises <see cref="GroupTimeoutException"/> if that has cut anything short. Infinite by default.
    /// </summary>
    /// <remarks>
    /// Limits nest: a group inside another has at most the time that the outer one has left. When both are over at once, the outer one raises
    /// the exception and the inner one ends as cancelled.
    /// </remarks>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>
    /// True: a failing child does not disturb its siblings, the body or the group; whoever awaits the child gets its exception. One that nobody
    /// awaits is raised by <see cref="TaskScheduler.UnobservedTaskException"/>. A failure of the body cancels the children all the same.
    /// </summary>
    public bool IsolateFailures { get; init; }

    /// <summary>
    /// True: the group inside which this one is opened neither cancels it nor limits its time. For clean-up that has to be done to its end;
    /// give it a <see cref="Timeout"/> of its own. The surrounding group still waits for it.
    /// </summary>
    public bool IsShielded { get; init; }

    internal void Validate()
    {
        if (Timeout < TimeSpan.Zero && Timeout != System.Threading.Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "Timeout must not be negative, except Timeout.InfiniteTimeSpan.");
        LongestTime.ThrowIfExceeded(Timeout, nameof(Timeout), ", or Timeout.InfiniteTimeSpan for none");
    }
}
