namespace Braid.Cli.Comparison;

/// <summary>The ways to run a work that are compared, in the order of the table.</summary>
internal enum EngineKind
{
    Inline,
    Threads,
    LockedThreads,
    Processes,
    Loop,
}

/// <summary>The names of the engines.</summary>
internal static class EngineNames
{
    internal static readonly IReadOnlyList<EngineKind> All = Enum.GetValues<EngineKind>();

    /// <summary>What the user writes after --engines, and what JSON says.</summary>
    internal static string Key(this EngineKind engine) => engine switch
    {
        EngineKind.Inline => "inline",
        EngineKind.Threads => "threads",
        EngineKind.LockedThreads => "locked",
        EngineKind.Processes => "processes",
        _ => "loop",
    };

    /// <summary>What tables and sentences say.</summary>
    internal static string Title(this EngineKind engine) => engine switch
    {
        EngineKind.LockedThreads => "threads under one lock",
        EngineKind.Loop => "event loop",
        _ => engine.Key(),
    };

    /// <summary>As a part of a sentence.</summary>
    internal static string InSentence(this EngineKind engine) => engine == EngineKind.Loop ? "the event loop" : engine.Title();

    /// <summary>Reads "threads,loop". The inline run is always among them: it is what the others are compared with.</summary>
    internal static IReadOnlyList<EngineKind> Parse(string list)
    {
        var keys = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var known = string.Join(", ", All.Select(Key));
        if (keys.Length == 0) throw new InputException($"--engines names no engine. Write some of: {known}.");
        foreach (var key in keys)
        {
            if (!All.Any(engine => engine.Key() == key)) throw new InputException($"--engines: there is no engine '{key}'. Write some of: {known}, separated by commas.");
        }

        return [.. All.Where(engine => engine == EngineKind.Inline || keys.Contains(engine.Key()))];
    }
}
