namespace Braid.Cli.Comparison;

/// <summary>How often all engines are run. Pure.</summary>
internal static class TurnPlan
{
    internal const int Fewest = 2;
    internal const int Most = 5;

    /// <summary>More turns than two only while the work as a whole stays within this.</summary>
    internal static readonly TimeSpan Budget = TimeSpan.FromSeconds(15);

    /// <summary>A turn longer than this is not repeated: drift matters less than the user's minutes.</summary>
    internal static readonly TimeSpan LongestRepeated = TimeSpan.FromSeconds(60);

    /// <param name="done">Turns so far.</param>
    /// <param name="forced">What --turns says.</param>
    /// <param name="elapsed">Time of all turns so far.</param>
    internal static bool GoesOn(int done, int? forced, TimeSpan elapsed)
    {
        if (done == 0) return true;
        if (forced is not null) return done < forced;
        var oneTurn = elapsed / done;
        if (done < Fewest) return oneTurn <= LongestRepeated;
        return done < Most && elapsed + oneTurn <= Budget;
    }

    /// <summary>
    /// Forwards, backwards, forwards …: a machine that gets slower or faster meanwhile favours none. But at the very first processes before all
    /// others: work that ends its process ends a worker there, and elsewhere this program.
    /// </summary>
    internal static IEnumerable<EngineKind> Order(int turn, IReadOnlyList<EngineKind> engines) => turn switch
    {
        0 => engines.OrderByDescending(static engine => engine == EngineKind.Processes),
        _ => turn % 2 == 0 ? engines : engines.Reverse(),
    };
}
