namespace Braid.Cli.Comparison;

/// <summary>All that was found out about one work.</summary>
internal sealed record WorkComparison
{
    internal required string Work { get; init; }

    internal string? Description { get; init; }

    internal required int Items { get; init; }

    internal required bool IsAsync { get; init; }

    /// <summary>Complete turns.</summary>
    internal required int Turns { get; init; }

    internal required bool WasInterrupted { get; init; }

    /// <summary>The engine whose items did not end when they were interrupted; null: all did.</summary>
    internal EngineKind? StillRunning { get; init; }

    internal required IReadOnlyList<EngineRow> Rows { get; init; }

    /// <summary>Whether all engines gave equal results; null: not known.</summary>
    internal bool? AreResultsEqual => Differences.Count > 0 ? false : Incomparable is null ? true : null;

    internal required IReadOnlyList<Difference> Differences { get; init; }

    /// <summary>The type of results of which one cannot say whether two are equal, a stream's for example; null: one can.</summary>
    internal required string? Incomparable { get; init; }

    internal required IReadOnlyList<Failure> Failures { get; init; }

    internal required EncodingCost? Encoding { get; init; }

    /// <summary>Null when there is nothing to judge: inline was not measured or all its items failed.</summary>
    internal required Verdict? Verdict { get; init; }

    /// <summary>One item and its result, so that one sees what was run.</summary>
    internal required (string Argument, string Result)? Sample { get; init; }

    /// <summary>The last turn of each engine.</summary>
    internal required IReadOnlyList<(EngineKind Engine, IReadOnlyList<TraceEvent> Events)> Timelines { get; init; }

    /// <summary>The item's argument, for a difference.</summary>
    internal required Func<int, string> ArgumentText { get; init; }
}
