namespace Braid.Benchmarks;

/// <summary>Which end of the scale is the good one.</summary>
internal enum Better
{
    /// <summary>A rate, a speed-up.</summary>
    Higher,

    /// <summary>A time.</summary>
    Lower,
}

/// <summary>The same work for our engine and for its peers, measured in turns in one session.</summary>
internal sealed record Benchmark
{
    /// <summary>Its name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What is done and what is counted, in a sentence or two.</summary>
    public required string Description { get; init; }

    /// <summary>The unit of the figures.</summary>
    public required string Unit { get; init; }

    /// <summary>Which figures are the good ones.</summary>
    public Better Better { get; init; } = Better.Higher;

    /// <summary>The size of the work, for entrants that do not have a size of their own.</summary>
    public required int Items { get; init; }

    /// <summary>Rounds inside one measurement that are thrown away: the JIT compilers need them, so everybody has them.</summary>
    public int Warmups { get; init; } = 3;

    /// <summary>Rounds inside one measurement that count; its figure is their median.</summary>
    public int Counted { get; init; } = 3;

    /// <summary>Ours first, then the peers.</summary>
    public required IReadOnlyList<Entrant> Entrants { get; init; }
}
