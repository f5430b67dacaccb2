namespace Braid.Cli.Comparison;

/// <summary>What the user decided about a comparison.</summary>
internal sealed record ComparisonSettings
{
    internal IReadOnlyList<EngineKind> Engines { get; init; } = EngineNames.All;

    /// <summary>Items in progress at once on every engine but inline; null: <see cref="ConcurrencyRule"/>.</summary>
    internal int? Concurrency { get; init; }

    /// <summary>How often all engines are run; null: <see cref="TurnPlan"/>.</summary>
    internal int? Turns { get; init; }

    /// <summary>How long interrupted work has to end by itself; then the comparison ends without it.</summary>
    internal TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(5);

    internal int Cores { get; init; } = Environment.ProcessorCount;
}
