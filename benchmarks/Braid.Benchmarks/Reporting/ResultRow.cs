namespace Braid.Benchmarks.Reporting;

/// <summary>What an entrant's measurements gave, one after the other.</summary>
internal sealed class ResultRow(Entrant entrant)
{
    private const string MainFigure = "value";

    private readonly List<double> _values = [];
    private readonly Dictionary<string, List<double>> _others = [];

    internal Entrant Entrant => entrant;

    /// <summary>The main figure of each round of the session.</summary>
    internal IReadOnlyList<double> Values => _values;

    /// <summary>Why it was not measured here.</summary>
    internal string? Skipped { get; set; }

    /// <summary>Why it has no figures although it should have.</summary>
    internal string? Failure { get; set; }

    /// <summary>The most that other programs took of the processor during one of the measurements, in cores.</summary>
    internal double MostDisturbed { get; private set; }

    /// <summary>Medians of what was measured besides.</summary>
    internal IEnumerable<(string Name, double Median)> Besides => _others.Select(pair => (pair.Key, Statistics.Median(pair.Value)));

    internal void Add(Figures figures)
    {
        MostDisturbed = Math.Max(MostDisturbed, figures.Others);
        foreach (var (name, values) in figures.Values)
        {
            double figure = Statistics.Median(values);
            if (name == MainFigure) _values.Add(figure);
            else if (_others.TryGetValue(name, out var list)) list.Add(figure);
            else _others[name] = [figure];
        }
    }
}
