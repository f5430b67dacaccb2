using System.Globalization;
using Braid.Cli.Output;

namespace Braid.Cli.Comparison;

/// <summary>Says a verdict in plain words, with the numbers that it rests on.</summary>
internal static class VerdictText
{
    internal const string TooShortToTell = "too short to tell";

    internal static string Headline(EngineRow? winner, IReadOnlyList<EngineRow> asGood) => winner switch
    {
        null => "nothing to compare: only the inline run was measured",
        { Engine: EngineKind.Inline } => "inline; none of the others was noticeably faster",
        _ => $"{winner.Engine.Title()}, {Times(winner)} as fast as inline{AsGood(asGood)}",
    };

    internal static string Paragraph(VerdictFacts facts, Verdict verdict) => string.Join(' ', Sentences(facts, verdict).Where(static sentence => sentence.Length > 0));

    private static string AsGood(IReadOnlyList<EngineRow> rows) =>
        rows.Count == 0 ? "" : $"; {string.Join(" and ", rows.Select(static row => row.Engine.InSentence()))} as good";

    private static IEnumerable<string> Sentences(VerdictFacts facts, Verdict verdict)
    {
        if (!verdict.IsTrusted)
        {
            yield return TooShort(facts);
            yield return Measured(facts);
            yield return StartUp(facts);
            yield break;
        }

        yield return Kind(facts, verdict);
        yield return BusyMachine(facts);
        yield return Rule(facts, verdict);
        yield return Measured(facts);
        yield return Agreement(facts, verdict);
        if (verdict.Kind == WorkKind.CpuBound)
        {
            yield return SideBySide(facts);
            yield return Lock(facts);
        }

        yield return SynchronousLoop(facts);
        yield return StartUp(facts);
    }

    private static string Kind(VerdictFacts facts, Verdict verdict)
    {
        var inline = facts.Inline;
        var run = $"inline, {Numbers.Items(facts.Items)} took {Numbers.Time(inline.Wall)}";

        // .NET's own threads compute, too, and beside a short run as long as it.
        var computing = $"{Numbers.Time(inline.CpuTime)} of processor time" + (inline.CpuUse > 1 ? "" : $" ({Numbers.Percent(inline.CpuUse)})");
        var wait = Numbers.Time(VerdictRule.WaitOfItem(facts));
        return verdict.Kind switch
        {
            WorkKind.CpuBound => $"{facts.Work} is CPU-bound: {run}, with {computing}, so it hardly waited.",
            WorkKind.SlowIo => $"{facts.Work} waits: {run}, with only {computing}; each item waited for about {wait}.",
            _ when verdict.WaitShare > VerdictRule.WaitingFrom => $"{facts.Work} waits, but not for long: {run}, with {computing}; each item waited for about {wait}.",
            _ => $"{facts.Work} is fast input and output: {run} and transferred {Numbers.Bytes(inline.TransferredBytes ?? 0)}, with {computing}, so no device kept it waiting.",
        };
    }

    private static string BusyMachine(VerdictFacts facts) => InLine(facts.Inline) > facts.Inline.Wall * VerdictRule.BusyFrom
        ? $"The machine had other things to do: the inline run stood in line for a processor for {Numbers.Time(InLine(facts.Inline))} "
            + $"of its {Numbers.Time(facts.Inline.Wall)}, so take all these numbers with care."
        : "";

    // Several threads stand in line at the same time, so their sum may be longer than the run.
    private static TimeSpan InLine(EngineRow inline) => TimeSpan.FromTicks(Math.Min(inline.ProcessorWait.Ticks, Math.Max(0, (inline.Wall - inline.CpuTime).Ticks)));

    private static string Rule(VerdictFacts facts, Verdict verdict) => verdict.Rule switch
    {
        EngineKind.Processes => "For computing the rule names processes.",
        EngineKind.Loop => "For slow input and output with many connections the rule names the event loop.",
        _ when verdict.Kind == WorkKind.SlowIo => $"The rule names the event loop for many slow connections; for {Numbers.Items(facts.Items)} threads will do.",
        _ => "For fast input and output with few connections the rule names threads.",
    };

    private static string Measured(VerdictFacts facts)
    {
        var others = facts.Rows.Where(row => facts.Counts(row) && row.Engine != EngineKind.Inline).OrderBy(static row => row.Wall)
            .Select(static row => $"{row.Engine.Title()} {Times(row)}").ToList();
        return others.Count == 0 ? "" : $"Measured, as multiples of inline: {string.Join(", ", others)}.";
    }

    private static string Agreement(VerdictFacts facts, Verdict verdict)
    {
        var rule = verdict.Rule.InSentence();
        if (verdict.Agrees is null) return $"Whether that is right was not measured: there are no numbers for {rule}.";
        if (verdict.Winner == verdict.Rule) return "Rule and measurement agree.";
        var winner = facts.Find(verdict.Winner!.Value)!;
        var named = facts.Find(verdict.Rule)!;
        if (verdict.Winner == EngineKind.Inline && verdict.Agrees.Value) return $"They do not contradict: {rule} {(verdict.Rule == EngineKind.Loop ? "is" : "are")} as good as inline, but no better.";
        if (verdict.Agrees.Value) return $"They agree: {winner.Engine.InSentence()} and {rule} are within {Numbers.Percent(VerdictRule.AsGood - 1)} of each other.";
        return $"They do not agree: {winner.Engine.InSentence()} took {Numbers.Time(winner.Wall)}, {rule} {Numbers.Time(named.Wall)}.{Why(facts, named)}";
    }

    private static string Why(VerdictFacts facts, EngineRow named) => named.Engine switch
    {
        EngineKind.Loop when !facts.IsAsync => " The work blocks instead of awaiting, which the loop cannot interleave: return a Task and await inside.",
        EngineKind.Processes => $" An item of {Numbers.Time(facts.Inline.Wall / facts.Items)} has to be sent to a process and back.",
        EngineKind.Threads when facts.Cores == 1 => " With one core, threads cannot compute at the same time.",
        _ => "",
    };

    /// <summary>What the machine, and no engine, takes from the speed-up.</summary>
    private static string SideBySide(VerdictFacts facts)
    {
        var slowed = facts.Rows.Where(static row => row.IsMeasured)
            .Select(row => (row.Engine, Slowing: VerdictRule.Slowing(facts, row) ?? 1, Speedup: row.Speedup ?? 0))
            .Where(static row => row.Slowing >= VerdictRule.SlowerFrom && row.Speedup > 1).ToList();
        if (slowed.Count == 0) return "";
        var times = string.Join(" and ", slowed.Select(static row => $"{Numbers.Factor(row.Slowing)} times as long {Where(row.Engine)}"));
        var without = string.Join(" and ", slowed.Select(row => Numbers.Factor(Math.Min(row.Slowing * row.Speedup, facts.Cores))));
        return $"With others beside it an item took {times} as inline: cores share caches, memory and power, and a virtual machine shares its host. "
            + $"Without that it would be {without} times as fast as inline.";
    }

    private static string Where(EngineKind engine) => engine == EngineKind.Threads ? "on threads" : "in processes";

    private static string Lock(VerdictFacts facts) => facts.Find(EngineKind.LockedThreads) is { } locked
        ? $"C# threads compute in parallel, because there is no global interpreter lock; \"threads under one lock\" ({Times(locked)}) shows what CPython's does to them."
        : "";

    private static string SynchronousLoop(VerdictFacts facts) => !facts.IsAsync && facts.Find(EngineKind.Loop) is { } loop
        ? $"The work does not await, so the event loop ({Times(loop)}) ran its items one at a time: it turns to another item only at an await."
        : "";

    /// <summary>Whether worker processes earned their start, which is not part of the wall time.</summary>
    private static string StartUp(VerdictFacts facts)
    {
        if (facts.Find(EngineKind.Processes) is not { } processes) return "";
        var gain = (facts.Inline.Wall - processes.Wall) / facts.Items;
        var start = $"Starting the first worker process took {Numbers.Time(processes.StartUp)}, which is not in the wall time";
        if (gain <= TimeSpan.Zero) return $"{start} and was not earned back.";
        var items = Math.Ceiling(processes.StartUp / gain);
        return items <= facts.Items
            ? string.Create(CultureInfo.InvariantCulture, $"{start}; it was earned back after {Numbers.Items((int)items)}.")
            : string.Create(CultureInfo.InvariantCulture, $"{start}; it would be earned back after about {RoundedUp(items):N0} items, and there were {facts.Items:N0}.");
    }

    private static string TooShort(VerdictFacts facts)
    {
        var repeat = VerdictRule.TrustedFrom * 10 / (facts.Inline.Wall + TimeSpan.FromMicroseconds(1));
        return $"Do not trust these numbers: the whole inline run took {Numbers.Time(facts.Inline.Wall)}, which is too short to measure and to tell computing from waiting. "
            + string.Create(CultureInfo.InvariantCulture, $"Run about {RoundedUp(repeat):N0} times as many items, with --repeat or more inputs.");
    }

    // To two figures: it is a guess.
    private static double RoundedUp(double number)
    {
        double unit = Math.Max(1, Math.Pow(10, Math.Floor(Math.Log10(number)) - 1));
        return Math.Ceiling(number / unit) * unit;
    }

    private static string Times(EngineRow row) => $"{Numbers.Factor(row.Speedup ?? 0)} times";
}
