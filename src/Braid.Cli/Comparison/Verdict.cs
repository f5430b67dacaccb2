namespace Braid.Cli.Comparison;

/// <summary>What a work does with its time.</summary>
internal enum WorkKind
{
    /// <summary>It computes.</summary>
    CpuBound,

    /// <summary>It reads and writes, and waits little or not at all for it.</summary>
    FastIo,

    /// <summary>It waits.</summary>
    SlowIo,
}

/// <summary>The measured facts that a verdict is made from.</summary>
/// <param name="Work">Its name.</param>
/// <param name="Items">How many were run.</param>
/// <param name="IsAsync">Returns a task.</param>
/// <param name="Cores">Of this machine.</param>
/// <param name="Rows">The table; the first row is inline and measured.</param>
internal sealed record VerdictFacts(string Work, int Items, bool IsAsync, int Cores, IReadOnlyList<EngineRow> Rows)
{
    internal EngineRow Inline => Rows[0];

    internal EngineRow? Find(EngineKind engine) => Rows.FirstOrDefault(row => row.Engine == engine && Counts(row));

    /// <summary>Whether a row can be compared with the inline one: measured, and not with more items that failed, for then it did less.</summary>
    internal bool Counts(EngineRow row) => row.IsMeasured && row.FailedItems <= Inline.FailedItems;
}

/// <summary>What kind of work it is, what the rule names for it, what was fastest, and whether they agree.</summary>
internal sealed record Verdict
{
    internal required WorkKind Kind { get; init; }

    /// <summary>The share of the inline run's wall time that it waited for something else than a processor.</summary>
    internal required double WaitShare { get; init; }

    /// <summary>The form that the rule names.</summary>
    internal required EngineKind Rule { get; init; }

    /// <summary>The fastest; inline if none is noticeably faster; null if only inline was measured, or too short.</summary>
    internal required EngineKind? Winner { get; init; }

    /// <summary>Whether the rule's form was the fastest or as good; null when it was not measured.</summary>
    internal required bool? Agrees { get; init; }

    /// <summary>False: the inline run was too short to measure, and the rest of this is a guess.</summary>
    internal required bool IsTrusted { get; init; }

    /// <summary>A few words: "threads, 1.9 times as fast as inline".</summary>
    internal required string Headline { get; init; }

    /// <summary>The whole in plain words.</summary>
    internal required string Paragraph { get; init; }
}
