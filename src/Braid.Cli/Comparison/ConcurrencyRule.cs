namespace Braid.Cli.Comparison;

/// <summary>How many items each engine has in progress when the user does not say. Pure, so that the table of tests is the documentation.</summary>
/// <remarks>
/// Computing cannot use more threads than cores, and never more processes; waiting can use a thread for every item, but each costs a stack and
/// a switch, so there are at most 64; an item on the loop costs next to nothing.
/// </remarks>
internal static class ConcurrencyRule
{
    internal const int MostThreads = 64;
    internal const int MostOnLoop = 1024;

    /// <param name="engine">The engine.</param>
    /// <param name="forced">What --concurrency says; inline has one place whatever it says.</param>
    /// <param name="items">More places than items would stay empty.</param>
    /// <param name="cores">Of this machine.</param>
    /// <param name="waits">True if the inline run spent half of its time or more waiting.</param>
    internal static int Choose(EngineKind engine, int? forced, int items, int cores, bool waits)
    {
        if (engine == EngineKind.Inline) return 1;
        return forced ?? Math.Max(1, Math.Min(items, engine switch
        {
            EngineKind.Processes => cores,
            EngineKind.Loop => MostOnLoop,
            _ => waits ? Math.Max(cores, MostThreads) : cores,
        }));
    }
}
