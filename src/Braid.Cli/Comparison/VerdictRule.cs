namespace Braid.Cli.Comparison;

/// <summary>
/// The rule: threads for fast input and output with few connections, processes for computing, an event loop for slow input and output with
/// many connections. A pure function of what was measured: the same facts, the same verdict.
/// </summary>
internal static class VerdictRule
{
    /// <summary>From this share of its time on the work waits more than it computes.</summary>
    internal const double WaitingFrom = 0.5;

    /// <summary>An item that waits longer than this waits for something slow: a disk needs less, a network more.</summary>
    internal static readonly TimeSpan SlowFrom = TimeSpan.FromMilliseconds(5);

    /// <summary>So many items that wait at once are many connections; for fewer, threads are simpler and no slower.</summary>
    internal const int ManyFrom = 16;

    /// <summary>Work that reads and writes more than this a second does little else with its time, even if nothing has to wait.</summary>
    internal const double TransferFrom = 100e6;

    /// <summary>A run shorter than this is mostly the machine's noise: processor time alone is told in steps of 10 ms.</summary>
    internal static readonly TimeSpan TrustedFrom = TimeSpan.FromMilliseconds(50);

    /// <summary>A run that stood in line for a processor for more than this share of its time was disturbed.</summary>
    internal const double BusyFrom = 0.10;

    /// <summary>Two engines so near each other are as good: turns differ by as much on a busy machine.</summary>
    internal const double AsGood = 1.10;

    /// <summary>From here on items are noticeably slower beside others than alone: less is the machine's noise.</summary>
    internal const double SlowerFrom = 1.05;

    /// <summary>Of shorter items their clock's readings, new code and cold caches are too much to speak of cores.</summary>
    internal static readonly TimeSpan LongItem = TimeSpan.FromMilliseconds(0.1);

    // Cores that share everything take two items at a time at half the speed each; what is slower has another reason.
    private const double MostSlowing = 2;

    internal static Verdict Judge(VerdictFacts facts)
    {
        var waitShare = WaitShare(facts);
        var kind = KindOf(facts, waitShare);
        var rule = FormFor(kind, facts.Items);
        var choices = Choices(facts);
        var fastest = choices.Count < 2 ? null : choices.MinBy(static row => row.Wall);
        var winner = fastest is not null && facts.Inline.Wall <= fastest.Wall * AsGood ? facts.Inline : fastest;
        var named = facts.Find(rule);
        bool? agrees = named is null || fastest is null ? null : named.Wall <= fastest.Wall * AsGood;
        bool isTrusted = facts.Inline.Wall >= TrustedFrom;
        var verdict = new Verdict
        {
            Kind = kind,
            WaitShare = waitShare,
            Rule = rule,
            Winner = isTrusted ? winner?.Engine : null,
            Agrees = agrees,
            IsTrusted = isTrusted,
            Headline = isTrusted ? VerdictText.Headline(winner, AsGoodAs(winner, choices)) : VerdictText.TooShortToTell,
            Paragraph = "",
        };
        return verdict with { Paragraph = VerdictText.Paragraph(facts, verdict) };
    }

    internal static EngineKind FormFor(WorkKind kind, int items) => kind switch
    {
        WorkKind.CpuBound => EngineKind.Processes,
        WorkKind.SlowIo when items >= ManyFrom => EngineKind.Loop,
        _ => EngineKind.Threads,
    };

    /// <summary>
    /// The share of its time that the work waited for something else than a processor. Time in line for one is taken out of the run: on a
    /// machine with nothing else to do it would not be there.
    /// </summary>
    internal static double WaitShare(TimeSpan wall, TimeSpan cpu, TimeSpan processorWait)
    {
        var undisturbed = wall - processorWait;
        return undisturbed > cpu ? 1 - cpu / undisturbed : 0;
    }

    /// <summary>
    /// The same, and no less than what the other runs prove: cores together compute no more in a shorter time, so what an inline run is longer than
    /// that was waiting, whatever this process' other threads did meanwhile.
    /// </summary>
    internal static double WaitShare(VerdictFacts facts)
    {
        var inline = facts.Inline;
        var shortest = facts.Rows.Where(static row => row.IsMeasured && row.FailedItems == 0).Select(static row => row.Wall).DefaultIfEmpty(inline.Wall).Min();
        return Math.Max(WaitShare(inline.Wall, inline.CpuTime, inline.ProcessorWait), 1 - (facts.Cores * shortest / inline.Wall));
    }

    /// <summary>How long an item waited on average.</summary>
    internal static TimeSpan WaitOfItem(VerdictFacts facts) => facts.Inline.Wall * WaitShare(facts) / facts.Items;

    /// <summary>
    /// How many times as long as inline an item took while as many others as there are cores, or fewer, computed beside it; null where that
    /// says nothing about the cores. What an engine costs is not in it: the speed-up times this is what it would be on cores that share nothing.
    /// </summary>
    internal static double? Slowing(VerdictFacts facts, EngineRow row)
    {
        bool isSideBySide = row.Engine is EngineKind.Threads or EngineKind.Processes && row.Concurrency > 1 && row.Concurrency <= facts.Cores;
        if (!isSideBySide || facts.Inline.Running < LongItem) return null;
        double slowing = row.Running / facts.Inline.Running;
        return slowing <= MostSlowing ? slowing : null;
    }

    private static WorkKind KindOf(VerdictFacts facts, double waitShare)
    {
        if (waitShare > WaitingFrom) return WaitOfItem(facts) >= SlowFrom ? WorkKind.SlowIo : WorkKind.FastIo;
        return facts.Inline.TransferredBytes / facts.Inline.Wall.TotalSeconds >= TransferFrom ? WorkKind.FastIo : WorkKind.CpuBound;
    }

    /// <summary>
    /// What a user may choose. Not the one lock, which is there to show what it costs, and not the loop for work that never awaits: it runs the
    /// items one at a time as inline does, and what it seems to gain is noise.
    /// </summary>
    private static List<EngineRow> Choices(VerdictFacts facts) =>
        [.. facts.Rows.Where(row => facts.Counts(row) && row.Engine != EngineKind.LockedThreads && (facts.IsAsync || row.Engine != EngineKind.Loop))];

    private static IReadOnlyList<EngineRow> AsGoodAs(EngineRow? winner, List<EngineRow> choices) => winner is null or { Engine: EngineKind.Inline }
        ? []
        : [.. choices.Where(row => row.Engine != winner.Engine && row.Wall <= winner.Wall * AsGood)];
}
