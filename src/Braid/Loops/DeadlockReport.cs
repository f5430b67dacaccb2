using System.Text;

namespace Braid.Loops;

/// <summary>The message of a <see cref="LoopDeadlockException"/>: what waits, for people.</summary>
internal static class DeadlockReport
{
    // More would bury the rest; they are mostly alike.
    private const int MostLines = 20;

    public static string Of(MemoryPoller poller)
    {
        var simulation = poller.Simulation;
        var text = new StringBuilder();
        text.Append(FormattableString.Invariant(
            $"Nothing can happen any more on this loop (seed {simulation.Seed}, after {simulation.Time.Elapsed} of virtual time and {simulation.Turns} turns): nothing is ready, no timer is set, nothing is under way between sockets, and the main function has not ended."));

        List<string> waiting = [.. poller.DescribePending()];
        if (poller.Loop.TimerCount > 0) waiting.Add($"{poller.Loop.TimerCount} sleep(s) without end");
        foreach (var line in waiting.Take(MostLines)) text.Append("\n  waits: ").Append(line);
        if (waiting.Count > MostLines) text.Append(FormattableString.Invariant($"\n  and {waiting.Count - MostLines} more"));
        if (waiting.Count == 0) text.Append("\n  no sleep and no socket waits, so it is a task that nobody completes: a TaskCompletionSource, a channel, a semaphore.");

        text.Append("\n  What a loop with a seed does not see: the real clock (Task.Delay and CancelAfter without EventLoop.TimeProvider), real sockets, other processes.");
        return text.ToString();
    }
}
