namespace Braid.Tracing;

/// <summary>The page of one timeline: a row and a drawing for each executor that it watched.</summary>
internal static class TimelinePage
{
    private const int ListedFailures = 50;
    private const string NothingRecorded = "Nothing was recorded. Give the timeline to an executor through its options before it runs items.";

    private static readonly string[] Columns =
    [
        "Executor", "Items", "Failed", "Cancelled", "Unfinished", "Lanes", "Most at once", "Median item", "Longest item",
    ];

    internal static ReportPage Of(IReadOnlyList<TraceEvent> events)
    {
        var executors = events.GroupBy(static e => e.Executor).OrderBy(static g => g.Min(static e => e.At))
            .Select(static g => (Name: g.Key ?? "", Run: RunRecord.Read(g), Events: (IReadOnlyList<TraceEvent>)[.. g])).ToList();
        var origin = events.Count == 0 ? TimeSpan.Zero : events.Min(static e => e.At);
        var length = events.Count == 0 ? TimeSpan.Zero : events.Max(static e => e.At) - origin;
        var failures = executors.SelectMany(static e => Failures(e.Name, e.Run)).ToList();

        var section = new ReportSection("What ran when")
        {
            Table = executors.Count == 0 ? null : new ReportTable("Executors", Columns, [.. executors.Select(static e => Row(e.Name, e.Run))]),
            Paragraphs = executors.Count == 0 ? [NothingRecorded] : [],
            Failures = [.. failures.Take(ListedFailures)],
            FailuresLeftOut = Math.Max(0, failures.Count - ListedFailures),
            Timelines = [.. executors.Select(e => new ReportTimeline(e.Name, e.Events) { Origin = origin })],
        };
        return new ReportPage("Timeline", Facts(executors.Select(static e => e.Run), length), [section]);
    }

    private static List<ReportFact> Facts(IEnumerable<RunRecord> runs, TimeSpan length) =>
    [
        new("Items", ReportNumbers.Count(runs.Sum(static r => (long)r.ItemCount))),
        new("Failed", ReportNumbers.Count(runs.Sum(static r => (long)r.CountOf(SpanStatus.Failed)))),
        new("Time", ReportNumbers.Duration(length)),
    ];

    private static ReportRow Row(string name, RunRecord run)
    {
        var lengths = run.Spans.Where(static s => s.Lane >= 0).Select(static s => s.Length).Order().ToList();
        return new ReportRow(
        [
            name,
            ReportNumbers.Count(run.ItemCount),
            ReportNumbers.Count(run.CountOf(SpanStatus.Failed)),
            ReportNumbers.Count(run.CountOf(SpanStatus.Cancelled)),
            ReportNumbers.Count(run.CountOf(SpanStatus.Unfinished)),
            ReportNumbers.Count(run.Spans.Where(static s => s.Lane >= 0).Select(static s => s.Lane).Distinct().Count()),
            ReportNumbers.Count(ProgressCurve.Of(run).Peak),
            lengths.Count == 0 ? "–" : ReportNumbers.Duration(lengths[lengths.Count / 2]),
            lengths.Count == 0 ? "–" : ReportNumbers.Duration(lengths[^1]),
        ]);
    }

    private static IEnumerable<ReportFailure> Failures(string executor, RunRecord run) =>
        run.Spans.Where(static s => s.Status == SpanStatus.Failed)
            .Select(s => new ReportFailure(executor, $"{s.Name} #{ReportNumbers.Count(s.ItemId)}", s.Argument ?? "", s.Error ?? ""));
}
