using System.Globalization;

namespace Braid.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record SessionOptions
{
    private const int UsualRounds = 5;

    private const string Usage = """
        Braid.Benchmarks [FILTER…] [--rounds N] [--list] [--output FILE] [--quick]
        Braid.Benchmarks case NAME [ENTRANT [ITEMS [WARMUPS [COUNTED]]]]
        Braid.Benchmarks soak [--help]

          FILTER      part of a benchmark's name; none: all of them
          --rounds N  how often each entrant is measured, in turns with the others (5)
          --list      names the benchmarks and their entrants
          --output F  writes the tables into F too; a full run writes benchmarks/results/<date>-<commit>.md
          --quick     a tenth of the items, one round, no waiting for a quiet machine: to see that everything runs
          case        one measurement in this process, without a session around it
          soak        connections that open, talk, break and close for minutes: nothing may be left behind
        """;

    /// <summary>Parts of benchmarks' names; empty: all.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>Measurements of each entrant.</summary>
    public int Rounds { get; init; } = UsualRounds;

    /// <summary>Only name what there is.</summary>
    public bool IsList { get; init; }

    /// <summary>Only see that everything runs.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Where the tables go besides standard output.</summary>
    public string? Output { get; init; }

    /// <summary>Everything, measured in earnest: what is worth keeping.</summary>
    public bool IsFull => Filters.Count == 0 && !IsQuick;

    /// <summary>Reads the command line; null: there is a problem, or help was asked for.</summary>
    internal static SessionOptions? Parse(string[] arguments, out string problem)
    {
        var options = new SessionOptions();
        var filters = new List<string>();
        int? rounds = null;
        problem = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--list":
                    options = options with { IsList = true };
                    break;
                case "--quick":
                    options = options with { IsQuick = true };
                    break;
                case "--output" when value is not null:
                    options = options with { Output = value };
                    i++;
                    break;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out int number) && number > 0:
                    rounds = number;
                    i++;
                    break;
                case { } filter when !filter.StartsWith('-'):
                    filters.Add(filter);
                    break;
                default:
                    problem = arguments[i] is "--help" or "-h" ? Usage : $"'{arguments[i]}' is not understood, or its value is missing.\n\n{Usage}";
                    return null;
            }
        }

        return options with { Filters = filters, Rounds = rounds ?? (options.IsQuick ? 1 : UsualRounds) };
    }
}
