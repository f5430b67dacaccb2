namespace Braid.Cli.Comparison;

/// <summary>What has been measured of one engine so far.</summary>
internal sealed class EngineRecord(EngineKind engine)
{
    private readonly List<Turn> _turns = [];

    internal EngineKind Engine => engine;

    internal IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Why it runs no items of this work; null: it does.</summary>
    internal string? CannotRun { get; set; }

    /// <summary>The first item whose result was not the inline run's.</summary>
    internal Difference? Difference { get; private set; }

    internal void Add(Turn turn)
    {
        // Only the last turn's events are shown; a million items of earlier ones would be kept for nothing.
        if (_turns.Count > 0) _turns[^1] = _turns[^1] with { Events = [] };
        _turns.Add(turn);
    }

    /// <summary>Compares the results of its latest turn with the inline run's.</summary>
    internal void CompareWith(IReadOnlyList<ItemEnd> expected)
    {
        if (_turns.Count > 0) Difference ??= Difference.FindFirst(engine, expected, _turns[^1].Ends);
    }
}
