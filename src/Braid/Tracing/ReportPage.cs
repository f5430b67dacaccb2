namespace Braid.Tracing;

/// <summary>Everything one HTML page says. Plain text throughout: the page encodes it.</summary>
/// <param name="Title">The page's heading: usually the work's name.</param>
/// <param name="Facts">Machine, date, number of items and the like, in the order to show them.</param>
/// <param name="Sections">One a work. With more than one, the page opens with a card for each.</param>
internal sealed record ReportPage(string Title, IReadOnlyList<ReportFact> Facts, IReadOnlyList<ReportSection> Sections);

/// <summary>One labelled value.</summary>
internal sealed record ReportFact(string Label, string Value);

/// <summary>One work: what was found, the numbers, and how it ran. Only the name is needed; what is absent is left out of the page.</summary>
internal sealed record ReportSection(string Name)
{
    /// <summary>The answer in a few words, such as "processes, 3.4 times as fast".</summary>
    public string? Verdict { get; init; }

    /// <summary>The answer in plain words, a paragraph each.</summary>
    public IReadOnlyList<string> Paragraphs { get; init; } = [];

    /// <summary>What holds for this work only, such as its number of items.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>The numbers, a row an engine.</summary>
    public ReportTable? Table { get; init; }

    /// <summary>What a reader should know before trusting the numbers.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Items that failed; give the first few dozen, and the rest as <see cref="FailuresLeftOut"/>.</summary>
    public IReadOnlyList<ReportFailure> Failures { get; init; } = [];

    /// <summary>How many more items failed than <see cref="Failures"/> lists.</summary>
    public long FailuresLeftOut { get; init; }

    /// <summary>Drawn one under the other on one time axis.</summary>
    public IReadOnlyList<ReportTimeline> Timelines { get; init; } = [];
}

/// <summary>A table whose first column names the row. Columns in which every cell holds a number are aligned as numbers.</summary>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<ReportRow> Rows)
{
    /// <summary>The column that draws <see cref="ReportRow.Bar"/>, from 0; null: none.</summary>
    public int? BarColumn { get; init; }
}

/// <summary>One engine's numbers: as many cells as the table has columns, the first its name.</summary>
internal sealed record ReportRow(IReadOnlyList<string> Cells)
{
    /// <summary>Set when the engine cannot run the work: the reason, which takes the place of the numbers.</summary>
    public string? CannotRun { get; init; }

    /// <summary>The row to point out.</summary>
    public bool IsWinner { get; init; }

    /// <summary>Length of the bar, 0 to 1 of the longest.</summary>
    public double Bar { get; init; }
}

/// <summary>One item that failed.</summary>
internal sealed record ReportFailure(string Engine, string Item, string Argument, string Error);

/// <summary>One engine's run.</summary>
internal sealed record ReportTimeline(string Label, IReadOnlyList<TraceEvent> Events)
{
    /// <summary>Marks the run of the winning row.</summary>
    public bool IsWinner { get; init; }

    /// <summary>
    /// The moment that becomes 0 on the axis. Null: the first event, which is what compares runs that happened one after the other.
    /// </summary>
    public TimeSpan? Origin { get; init; }
}
