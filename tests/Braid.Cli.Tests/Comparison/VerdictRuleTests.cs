using Braid.Cli.Comparison;
using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.Comparison;

public sealed class VerdictRuleTests
{
    [Theory]
    // items, inline wall, processor time, bytes          → kind, form
    [InlineData(50, 1.0, 1.0, 0L, WorkKind.CpuBound, EngineKind.Processes)]
    [InlineData(50, 1.0, 0.6, 0L, WorkKind.CpuBound, EngineKind.Processes)]
    [InlineData(50, 1.0, 1.0, 500_000_000L, WorkKind.FastIo, EngineKind.Threads)]
    [InlineData(5000, 1.0, 0.1, 0L, WorkKind.FastIo, EngineKind.Threads)]
    [InlineData(80, 8.0, 0.1, 0L, WorkKind.SlowIo, EngineKind.Loop)]
    [InlineData(4, 0.4, 0.01, 0L, WorkKind.SlowIo, EngineKind.Threads)]
    internal void The_rule_names_a_form_from_what_the_inline_run_did_with_its_time(int items, double wall, double cpu, long bytes, WorkKind kind, EngineKind form)
    {
        var inline = Rows.Inline(wall, cpu, bytes);
        var verdict = VerdictRule.Judge(new VerdictFacts("work", items, IsAsync: true, Cores: 2, [inline]));
        Assert.Equal((kind, form), (verdict.Kind, verdict.Rule));
        Assert.Null(verdict.Winner);
        Assert.Null(verdict.Agrees);
    }

    [Theory]
    // threads, processes, loop → winner, agrees (the work is CPU-bound: the rule says processes)
    [InlineData(0.60, 0.50, 1.0, EngineKind.Processes, true)]
    [InlineData(0.50, 0.54, 1.0, EngineKind.Threads, true)]
    [InlineData(0.50, 0.60, 1.0, EngineKind.Threads, false)]
    [InlineData(1.10, 1.20, 1.3, EngineKind.Inline, false)]
    internal void The_fastest_wins_and_the_rule_agrees_if_its_form_is_as_good(double threads, double processes, double loop, EngineKind winner, bool agrees)
    {
        var verdict = Judge(threads, processes, loop, lockedThreads: 1.0);
        Assert.Equal((winner, agrees), (verdict.Winner, verdict.Agrees));
    }

    [Fact]
    public void Threads_under_one_lock_never_win_because_nobody_would_choose_them()
    {
        Assert.Equal(EngineKind.Threads, Judge(threads: 0.5, processes: 0.6, loop: 1, lockedThreads: 0.1).Winner);
    }

    [Fact]
    public void The_paragraph_says_kind_share_rule_measurement_agreement_and_what_CPython_would_do()
    {
        var text = Judge(threads: 0.52, processes: 0.50, loop: 1.0, lockedThreads: 1.02).Paragraph;
        Assert.Contains("work is CPU-bound: inline, 48 items took 1.00 s, with 990 ms of processor time (99 %)", text, StringComparison.Ordinal);
        Assert.Contains("the rule names processes", text, StringComparison.Ordinal);
        Assert.Contains("processes 2.00 times, threads 1.92 times", text, StringComparison.Ordinal);
        Assert.Contains("Rule and measurement agree.", text, StringComparison.Ordinal);
        Assert.Contains("CPython", text, StringComparison.Ordinal);
        Assert.Contains("turns to another item only at an await", text, StringComparison.Ordinal);
        Assert.Contains("earned back after 10 items", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Standing_in_line_for_a_processor_is_not_waiting()
    {
        Assert.Equal(0, VerdictRule.WaitShare(Seconds(2), Seconds(1), Seconds(1)));
        Assert.Equal(0.75, VerdictRule.WaitShare(Seconds(8), Seconds(1), Seconds(4)));
        Assert.Equal(0, VerdictRule.WaitShare(Seconds(1), Seconds(1), Seconds(5)));
    }

    [Fact]
    public void Work_that_gets_faster_than_all_cores_together_could_compute_it_waits_whatever_the_process_did_meanwhile()
    {
        // 30 waits of 12 ms while the compiler of this process was busy, and stood in line for a processor.
        var inline = Rows.Inline(0.362, 0.150) with { ProcessorWait = Seconds(0.212) };
        var verdict = VerdictRule.Judge(new VerdictFacts("work", 30, IsAsync: true, Cores: 2, [inline, Rows.Of(EngineKind.Loop, 0.0127, inline)]));
        Assert.Equal((WorkKind.SlowIo, EngineKind.Loop), (verdict.Kind, verdict.Rule));
        Assert.Equal(0.93, verdict.WaitShare, 0.01);
        Assert.Contains("each item waited for about 11.2 ms", verdict.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void The_loop_does_not_win_with_work_that_never_awaits()
    {
        Assert.Equal(EngineKind.Threads, Judge(threads: 0.5, processes: 0.6, loop: 0.1, lockedThreads: 1).Winner);
    }

    [Fact]
    public void An_engine_on_which_more_items_failed_neither_wins_nor_is_as_good()
    {
        var inline = Rows.Inline(1, 1);
        var failed = Rows.Of(EngineKind.Processes, 0.1, inline) with { FailedItems = 19 };
        var verdict = VerdictRule.Judge(new VerdictFacts("work", 20, IsAsync: false, Cores: 2, [inline, Rows.Of(EngineKind.Threads, 0.5, inline), failed]));
        Assert.Equal(EngineKind.Threads, verdict.Winner);
        Assert.DoesNotContain("processes as good", verdict.Headline, StringComparison.Ordinal);
        Assert.DoesNotContain("processes 10", verdict.Paragraph, StringComparison.Ordinal);
        Assert.DoesNotContain("earned back", verdict.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_that_cannot_run_the_work_neither_wins_nor_agrees()
    {
        var inline = Rows.Inline(1, 1);
        var refused = new EngineRow(EngineKind.Processes) { CannotRun = "captures 'factor'" };
        var verdict = VerdictRule.Judge(new VerdictFacts("work", 48, IsAsync: false, Cores: 2, [inline, Rows.Of(EngineKind.Threads, 0.5, inline), refused]));
        Assert.Equal(EngineKind.Threads, verdict.Winner);
        Assert.Null(verdict.Agrees);
        Assert.Contains("was not measured", verdict.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void The_event_loop_is_named_as_one_names_it_in_a_sentence()
    {
        var inline = Rows.Inline(1, 0.01);
        var verdict = VerdictRule.Judge(new VerdictFacts("work", 100, IsAsync: true, Cores: 2, [inline, Rows.Of(EngineKind.Threads, 0.05, inline), Rows.Of(EngineKind.Loop, 0.051, inline)]));
        Assert.EndsWith("; the event loop as good", verdict.Headline, StringComparison.Ordinal);
        Assert.Contains("They agree: threads and the event loop are within", verdict.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_too_short_to_measure_is_said_to_be_so()
    {
        var verdict = VerdictRule.Judge(new VerdictFacts("work", 1, IsAsync: false, Cores: 2, [Rows.Inline(0.001, 0.001)]));
        Assert.False(verdict.IsTrusted);
        Assert.Contains("too short to measure and to tell computing from waiting. Run about 500 times as many items", verdict.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_run_too_short_to_measure_no_more_is_said_than_it_shows()
    {
        var inline = Rows.Inline(0.000319, 0.000537) with { Running = Seconds(0.0000032) };
        var text = Paragraph([inline, Rows.Of(EngineKind.Threads, 0.0004, inline) with { Running = Seconds(0.00001) }]);
        Assert.Equal("too short to tell", VerdictRule.Judge(new VerdictFacts("work", 100, IsAsync: false, Cores: 2, [inline])).Headline);
        Assert.Contains("Run about 1,600 times as many items", text, StringComparison.Ordinal);
        Assert.Contains("threads 0.80 times", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CPU-bound", text, StringComparison.Ordinal);
        Assert.DoesNotContain("rule", text, StringComparison.Ordinal);
        Assert.DoesNotContain("times as long", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_machine_takes_from_the_speed_up_is_said_apart_from_what_the_engines_do()
    {
        var inline = Rows.Inline(1, 1) with { Running = Seconds(0.020) };
        var threads = Rows.Of(EngineKind.Threads, 0.5714, inline) with { Running = Seconds(0.022) };
        var processes = Rows.Of(EngineKind.Processes, 0.5882, inline) with { Running = Seconds(0.023) };
        Assert.Contains(
            "an item took 1.10 times as long on threads and 1.15 times as long in processes as inline", Paragraph([inline, threads, processes]), StringComparison.Ordinal);
        Assert.Contains("it would be 1.93 and 1.96 times as fast", Paragraph([inline, threads, processes]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EngineKind.Threads, 2, 0.0205)] // noise
    [InlineData(EngineKind.Threads, 8, 0.0800)] // more threads than cores take turns
    [InlineData(EngineKind.Loop, 2, 0.0400)] // one thread
    internal void Slow_items_are_put_down_to_the_machine_only_if_it_can_be_the_reason(EngineKind engine, int concurrency, double running)
    {
        var inline = Rows.Inline(1, 1) with { Running = Seconds(0.020) };
        var row = Rows.Of(engine, 0.6, inline) with { Concurrency = concurrency, Running = Seconds(running) };
        Assert.DoesNotContain("beside it", Paragraph([inline, row]), StringComparison.Ordinal);
    }

    private static string Paragraph(EngineRow[] rows) =>
        VerdictRule.Judge(new VerdictFacts("work", 48, IsAsync: false, Cores: 2, rows)).Paragraph;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Verdict Judge(double threads, double processes, double loop, double lockedThreads)
    {
        var inline = Rows.Inline(1.0, 0.99);
        return VerdictRule.Judge(new VerdictFacts("work", 48, IsAsync: false, Cores: 2,
        [
            inline,
            Rows.Of(EngineKind.Threads, threads, inline),
            Rows.Of(EngineKind.LockedThreads, lockedThreads, inline),
            Rows.Of(EngineKind.Processes, processes, inline),
            Rows.Of(EngineKind.Loop, loop, inline),
        ]));
    }
}
