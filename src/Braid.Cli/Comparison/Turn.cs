namespace Braid.Cli.Comparison;

/// <summary>One engine's measured run of all items.</summary>
internal sealed record Turn
{
    internal required int Concurrency { get; init; }

    /// <summary>From making the executor until its first worker had answered.</summary>
    internal required TimeSpan StartUp { get; init; }

    /// <summary>From giving the first item until the last had ended, on an executor that was up.</summary>
    internal required TimeSpan Wall { get; init; }

    internal required ResourceUse Use { get; init; }

    internal required ItemTimes Times { get; init; }

    internal required IReadOnlyList<ItemEnd> Ends { get; init; }

    /// <summary>Events of the measured items only.</summary>
    internal required IReadOnlyList<TraceEvent> Events { get; init; }
}
