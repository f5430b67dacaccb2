using Braid.Cli.Comparison;
using Braid.Tracing;

namespace Braid.Cli.Output;

/// <summary>Turns comparisons into the model of the report page. Pure.</summary>
internal static class ReportBuilder
{
    private const int ListedFailures = 50;

    private static readonly string[] Columns =
    [
        "Engine", "At once", "Wall time", "Items/s", "Speed-up", "CPU use", "Peak memory", "Item p50", "Item p99", "Start-up", "Waiting", "Encoding", "Running",
    ];

    internal static ReportPage Build(RunFacts run, IReadOnlyList<WorkComparison> comparisons) => new(
        comparisons.Count == 1 ? $"braid compare {comparisons[0].Work}" : "braid compare",
        [
            new ReportFact("Machine", $"{run.Cores} cores, {run.OperatingSystem}"),
            new ReportFact("Runtime", run.Runtime),
            new ReportFact("Date", run.At.ToString("u", System.Globalization.CultureInfo.InvariantCulture)),
            .. run.WasInterrupted ? [new ReportFact("Interrupted", "the numbers are of what was measured until then")] : Array.Empty<ReportFact>(),
        ],
        [.. comparisons.Select(Section)]);

    /// <summary>The timelines of all engines, each from 0, under names that tell them apart.</summary>
    internal static IReadOnlyList<TraceEvent> TraceEvents(IReadOnlyList<WorkComparison> comparisons) =>
    [
        .. comparisons.SelectMany(static comparison => comparison.Timelines.Where(static timeline => timeline.Events.Count > 0).SelectMany(timeline =>
        {
            var origin = timeline.Events[0].At;
            return timeline.Events.Select(e => e with { Executor = $"{comparison.Work}: {timeline.Engine.Title()}", At = e.At - origin });
        })),
    ];

    private static ReportSection Section(WorkComparison comparison) => new(comparison.Work)
    {
        Verdict = comparison.Verdict?.Headline,
        Paragraphs = comparison.Verdict is { } verdict ? [verdict.Paragraph] : [],
        Facts = Facts(comparison),
        Table = Table(comparison),
        Notes = Notes(comparison),
        Failures = [.. Failures(comparison).Take(ListedFailures)],
        FailuresLeftOut = Math.Max(0, Failures(comparison).Count() - ListedFailures),
        Timelines =
        [
            .. comparison.Timelines.Select(timeline =>
                new ReportTimeline(timeline.Engine.Title(), timeline.Events) { IsWinner = timeline.Engine == comparison.Verdict?.Winner }),
        ],
    };

    private static List<ReportFact> Facts(WorkComparison comparison)
    {
        List<ReportFact> facts = [new("Items", Numbers.Count(comparison.Items)), new("Turns", Numbers.Count(comparison.Turns))];
        if (comparison.Description is not null) facts.Insert(0, new ReportFact("What it does", comparison.Description));
        if (comparison.Sample is { } sample) facts.Add(new ReportFact("For example", $"{sample.Argument} → {sample.Result}"));
        return facts;
    }

    private static ReportTable Table(WorkComparison comparison)
    {
        var fastest = comparison.Rows.Max(static row => row.ItemsPerSecond);
        return new ReportTable("The same items on every engine", Columns, [.. comparison.Rows.Select(row => Row(row, comparison.Verdict?.Winner, fastest))]) { BarColumn = 4 };
    }

    private static ReportRow Row(EngineRow row, EngineKind? winner, double fastest)
    {
        if (!row.IsMeasured) return new ReportRow([row.Engine.Title(), .. Columns.Skip(1).Select(static _ => "")]) { CannotRun = row.CannotRun };
        return new ReportRow(
        [
            row.Engine.Title(), Numbers.Count(row.Concurrency), Numbers.Time(row.Wall), Numbers.Rate(row.ItemsPerSecond),
            row.Speedup is { } speedup ? $"{Numbers.Factor(speedup)} ×" : "–", row.TrustedCpuUse is { } use ? Numbers.Percent(use) : "–", Numbers.Bytes(row.PeakBytes),
            Numbers.Time(row.ItemP50), Numbers.Time(row.ItemP99), Numbers.Time(row.StartUp), Numbers.Time(row.Waiting),
            row.Encoding is { } encoding ? Numbers.Time(encoding) : "–", Numbers.Time(row.Running),
        ])
        {
            IsWinner = row.Engine == winner,
            Bar = fastest > 0 ? row.ItemsPerSecond / fastest : 0,
        };
    }

    private static List<string> Notes(WorkComparison comparison)
    {
        List<string> notes =
        [
            "Numbers are medians over the turns, on executors that were up and warm; start-up is measured apart. The timelines are of the last turn. "
                + "CPU use and memory are of the whole process tree; pages that processes share are counted in each.",
            "Waiting, encoding and running are means of one item: in the queue; argument and result written and read once more, apart from the "
                + "run; from begun until ended. A worker process encodes within waiting and running.",
        ];
        notes.AddRange(comparison.Differences.Select(difference =>
            $"Results differ: item {difference.Index + 1} ({comparison.ArgumentText(difference.Index)}) gave {difference.Expected} inline and {difference.Actual} with {difference.Engine.Title()}."));
        if (Equality.Of(comparison) is { } sentence) notes.Add(sentence);
        return notes;
    }

    private static IEnumerable<ReportFailure> Failures(WorkComparison comparison) => comparison.Failures.Select(static failure =>
        new ReportFailure(string.Join(", ", failure.Engines.Select(EngineNames.Title)), Numbers.Count(failure.Index + 1), failure.Argument, failure.Error));
}
