namespace Braid.Cli.Comparison;

/// <summary>
/// The rule: threads for fast input and output with few connections, processes for computing, an event loop for slow input and output with
/// many connections. A pure function of what was measured: the same facts, the same verdict.
/// </summary>
internal static class VerdictRule
{
    /// <summary>Below this share of processor time in wall time the work waits more than it computes.</summary>
    internal const double WaitingFrom = 0.5;

    /// <summary>An item that waits longer than this waits for something slow: a disk needs less, a network more.</summary>
    internal static readonly TimeSpan SlowFrom = TimeSpan.FromMilliseconds(5);

    /// <summary>So many items that wait at once are many connections; for fewer, threads are simpler and no slower.</summary>
    internal const int ManyFrom = 16;

    /// <summary>Work that reads and writes more than this a second does little else with its time, even if nothing has to wait.</summary>
    internal const double TransferFrom = 100e6;

    /// <summary>A run shorter than this is mostly the machine's noise: processor time alone is told in steps of 10 ms.</summary>
    internal static readonly TimeSpan TrustedFrom = TimeSpan.FromMilliseconds(50);

    /// <summary>Two engines so near each other are as good: turns differ by as much on a busy machine.</summary>
    internal const double AsGood = 1.10;

    internal static Verdict Judge(VerdictFacts facts)
    {
        var waitShare = WaitShare(facts.Inline);
        var kind = KindOf(facts, waitShare);
        var rule = FormFor(kind, facts.Items);
        var winner = WinnerOf(facts);
        var named = facts.Find(rule);
        bool? agrees = named is null || winner is null ? null : named.Wall <= winner.Wall * AsGood;
        var verdict = new Verdict
        {
            Kind = kind, WaitShare = waitShare, Rule = rule, Winner = winner?.Engine, Agrees = agrees, Headline = VerdictText.Headline(winner), Paragraph = "",
        };
        return verdict with { Paragraph = VerdictText.Paragraph(facts, verdict) };
    }

    internal static EngineKind FormFor(WorkKind kind, int items) => kind switch
    {
        WorkKind.CpuBound => EngineKind.Processes,
        WorkKind.SlowIo when items >= ManyFrom => EngineKind.Loop,
        _ => EngineKind.Threads,
    };

    private static double WaitShare(EngineRow inline) => inline.Wall > TimeSpan.Zero ? Math.Clamp(1 - inline.CpuTime / inline.Wall, 0, 1) : 0;

    private static WorkKind KindOf(VerdictFacts facts, double waitShare)
    {
        if (waitShare > 1 - WaitingFrom) return facts.Inline.Wall * waitShare / facts.Items >= SlowFrom ? WorkKind.SlowIo : WorkKind.FastIo;
        return facts.Inline.TransferredBytes / facts.Inline.Wall.TotalSeconds >= TransferFrom ? WorkKind.FastIo : WorkKind.CpuBound;
    }

    /// <summary>The fastest that a user would choose: the one lock is there to show what it costs.</summary>
    private static EngineRow? WinnerOf(VerdictFacts facts)
    {
        var measured = facts.Rows.Where(static row => row.IsMeasured && row.Engine != EngineKind.LockedThreads).ToList();
        return measured.Count < 2 ? null : measured.MinBy(static row => row.Wall);
    }
}
