namespace Braid.Tracing;

/// <summary>Items in progress over time, as steps: each value holds from its time until the next.</summary>
/// <param name="Times">When the value changes, by time.</param>
/// <param name="Values">Items in progress; means over a bin, and so fractions, when there were too many changes to keep.</param>
/// <param name="Peak">The most at once, always exact.</param>
internal sealed record ProgressCurve(IReadOnlyList<TimeSpan> Times, IReadOnlyList<double> Values, int Peak)
{
    /// <summary>Steps kept exactly, and bins otherwise: about what a wide screen has pixels.</summary>
    internal const int MaxSteps = 1_500;

    /// <summary>Counts spans that a worker had; waiting is not progress.</summary>
    internal static ProgressCurve Of(RunRecord run)
    {
        var steps = Steps(run.Spans);
        var peak = steps.Count == 0 ? 0 : steps.Max(static s => s.InProgress);
        return steps.Count <= MaxSteps
            ? new([.. steps.Select(static s => s.At)], [.. steps.Select(static s => (double)s.InProgress)], peak)
            : Means(run, peak);
    }

    private static List<(TimeSpan At, int InProgress)> Steps(IReadOnlyList<ItemSpan> spans)
    {
        var changes = new List<(TimeSpan At, int Change)>(spans.Count * 2);
        foreach (var span in spans)
        {
            if (span.Lane == ItemSpan.NeverStarted) continue;
            changes.Add((span.Start, 1));
            changes.Add((span.End, -1));
        }

        // Ends before starts: one item handing its worker to the next is one at once, not two.
        changes.Sort();
        var steps = new List<(TimeSpan, int)>();
        var inProgress = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            inProgress += changes[i].Change;
            // A span without length ends before it starts here; it adds nothing to see.
            if (i + 1 == changes.Count || changes[i + 1].At != changes[i].At) steps.Add((changes[i].At, inProgress));
        }

        return steps;
    }

    private static ProgressCurve Means(RunRecord run, int peak)
    {
        var density = new LaneDensity(run.Start, run.End, MaxSteps);
        foreach (var span in run.Spans)
            if (span.Lane != ItemSpan.NeverStarted) density.Add(span);
        var width = (run.End - run.Start) / MaxSteps;
        return new([.. Enumerable.Range(0, MaxSteps).Select(bin => run.Start + (width * bin))], density.Load(), peak);
    }
}
