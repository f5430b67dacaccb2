using Braid.Items;
using Braid.Processes;

namespace Braid;

public sealed partial class ProcessExecutor
{
    /// <summary>
    /// Like <see cref="DisposeAsync()"/>, but waits for the items no longer than this. Those that are left then end as cancelled: what waits never
    /// runs; what runs is stopped as by its token (<see cref="ProcessOptions.KillAfter"/>).
    /// </summary>
    /// <remarks>Only here: no other engine can end work that does not want to end, so a deadline would be a promise that is not kept.</remarks>
    /// <param name="deadline">How long the items have, zero or more and at most 49 days; infinite: as long as they need.</param>
    /// <returns>When the workers are gone: what was left at the deadline.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is negative, or longer than 49 days.</exception>
    public Task<DisposalReport> DisposeAsync(TimeSpan deadline)
    {
        if (deadline != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        LongestTime.ThrowIfExceeded(deadline, nameof(deadline), ", or Timeout.InfiniteTimeSpan");
        return DisposeWithinAsync(deadline);
    }

    private async Task<DisposalReport> DisposeWithinAsync(TimeSpan deadline)
    {
        var disposal = DisposeAsync();
        var unfinished = new List<UnfinishedItem>();
        if (!await AreDoneWithinAsync(deadline).ConfigureAwait(false))
        {
            unfinished = Abandon(deadline);

            // Each is killed by then. Those that are still here were stopped from outside, or began nothing and answer nothing.
            if (!await AreDoneWithinAsync(Options.KillAfter).ConfigureAwait(false)) Queue.Workers().ForEach(static worker => worker.KillNow());
        }

        await disposal.ConfigureAwait(false);
        return new(unfinished);
    }

    private async Task<bool> AreDoneWithinAsync(TimeSpan limit)
    {
        try
        {
            await Queue.Drained.WaitAsync(limit, TimeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private List<UnfinishedItem> Abandon(TimeSpan deadline)
    {
        var (waiting, held) = Queue.Abandon(item => Reason(item, deadline));
        var unfinished = held.Concat(waiting).Where(static call => !call.Item.IsFinished).Select(Describe).OrderBy(static item => item.Lane is null).ToList();
        foreach (var call in held) WorkerConnection.Abandon(call, Reason(call.Item, deadline));
        foreach (var call in waiting)
        {
            call.Item.Fail(Reason(call.Item, deadline));
            Queue.Leave();
        }

        return unfinished;
    }

    private UnfinishedItem Describe(ProcessCall call)
    {
        bool hasBegun = call.State == CallState.Started;
        var ranFor = hasBegun ? TimeProvider.GetElapsedTime(call.StartedAt) : TimeSpan.Zero;
        return new(call.Item.Name, call.Item.ArgumentText, call.Item.SourceIndex, hasBegun ? call.Worker!.Lane : null, ranFor);
    }

    private DisposalCanceledException Reason(WorkItem item, TimeSpan deadline) =>
        new($"'{Name}' was disposed and waited {deadline} for its items; '{item.Name}' ({item.ArgumentText}) had not ended by then.");
}
