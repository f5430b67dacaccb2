using Braid.Cli.Comparison;

namespace Braid.Cli.Commands;

/// <summary>What the user wrote after <c>braid compare</c>.</summary>
internal sealed record CompareOptions
{
    /// <summary>Null: the three built-in works, one after the other.</summary>
    internal string? Work { get; init; }

    internal IReadOnlyList<string> Input { get; init; } = [];

    internal string? Inputs { get; init; }

    internal int Repeat { get; init; } = 1;

    internal ComparisonSettings Settings { get; init; } = new();

    internal string Report { get; init; } = "report.html";

    internal string? Trace { get; init; }

    internal bool Json { get; init; }

    internal bool NoColor { get; init; }

    /// <summary>Refuses what cannot work before anything is built or measured.</summary>
    internal void Check()
    {
        if (Work is null && (Input.Count > 0 || Inputs is not null))
            throw new InputException("--input and --inputs are the arguments of one work, and no WORK was given. Write: braid compare WORK --input VALUE.");
    }
}
