using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_method_of_a_dll_is_compared_and_the_page_is_written()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "Square", "--input", "3", "--input", "4", "--repeat", "5");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("10 items, for example 3 → 9", run.Output, StringComparison.Ordinal);
        Assert.Contains("All engines gave equal results.", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
        Assert.Contains("SampleWorks.Square", await File.ReadAllTextAsync(_folder.File("report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_five_engines_run_the_same_items_with_equal_results()
    {
        var run = await CompareOnAsync("inline,threads,locked,processes,loop", "SquareTaskWithToken", "--input", "3", "--repeat", "20");
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.All((string[])["inline", "threads", "threads under one lock", "processes", "event loop"], title => Assert.Matches($@"(?m)^ {title}( \*)? +\d", run.Output));
        Assert.Contains("All engines gave equal results.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_cannot_run_the_work_has_a_row_that_says_why()
    {
        var run = await CompareOnAsync("processes", "Opens", "--input", "tea");
        Assert.Contains("processes: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("Stream", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("event loop", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "2", 2)]
    [InlineData("2", "1", 1)]
    public async Task Work_that_ends_its_process_ends_a_worker_and_is_not_tried_in_this_one(string first, string second, int place)
    {
        var run = await CompareOnAsync("processes,threads", "EndsItsProcessAtTwo", "--input", first, "--input", second);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"Item {place} (2) failed: WorkerLostException", run.Output, StringComparison.Ordinal);
        var text = run.Output.ReplaceLineEndings(" ");
        Assert.Contains($"inline, threads: not run, for item {place} (2) ended its worker process (exit code 3) and would end this one", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ processes +\d", run.Output);
    }

    [Fact]
    public async Task A_record_is_given_and_shown_as_JSON()
    {
        var run = await CommandRun.CompareSampleFromInputAsync(_folder, """{"x": 3, "y": 4}""", "Twice", "--inputs", "-");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("""{"X":3,"Y":4} → {"X":6,"Y":8}""", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_that_fails_is_shown_with_its_argument_and_the_rest_is_still_reported()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "FailsAtTwo", "--input", "1", "--input", "2", "--input", "3");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Item 2 (2) failed: FormatException: two is not to my liking [inline, threads]", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 items", run.Output, StringComparison.Ordinal);
        Assert.Contains("two is not to my liking", await File.ReadAllTextAsync(_folder.File("report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failures_own_text_cannot_reach_the_terminals_colours_or_lines()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "FailsInRed", "--input", "7");
        Assert.Contains(@"failed: FormatException: \u001B[31m7\u001B[0m is not to my liking", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task A_failure_whose_message_cannot_be_read_is_shown_like_others()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "FailsUnreadably", "--input", "7");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("failed: UnreadableException: (not readable: it threw System.InvalidOperationException)", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_that_do_not_show_what_they_hold_are_not_called_equal()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "Opens", "--input", "tea");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("is not known: a MemoryStream does not show what it holds", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("All engines gave equal results", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_came_from_another_process_may_be_of_another_class()
    {
        var run = await CompareOnAsync("processes", "Lists", "--input", "3");
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains("All engines gave equal results.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Different_results_are_an_error_that_says_which_item_and_how()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "Counts", "--input", "1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Results differ: item 1 (1) gave ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("equal results", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interruption_ends_the_run_and_writes_what_was_measured()
    {
        using var interruption = new CancellationTokenSource();
        var command = CommandRun.RunAsync("", ["compare", $"{CommandRun.ThisAssembly}:SampleWorks.WaitsForEver", "--input", "1", "--engines", "threads", "--report", _folder.File("report.html")], interruption.Token);
        await SampleWorks.WaitsForEverHasBegun.Task.WaitAsync(TestContext.Current.CancellationToken);
        await interruption.CancelAsync();

        var run = await command;
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("report.html")));
    }

    [Fact]
    public async Task A_trace_is_written_when_asked_for()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "Square", "--input", "3", "--trace", _folder.File("run.trace.json"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("SampleWorks.Square", await File.ReadAllTextAsync(_folder.File("run.trace.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_is_no_terminal_has_no_colour()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "Square", "--input", "3");
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("compare", "--help")]
    [InlineData]
    public async Task Help_ends_with_examples(params string[] args)
    {
        var run = await CommandRun.RunAsync(args);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains("braid compare", run.Output, StringComparison.Ordinal);
    }

    private Task<CommandRun> CompareOnAsync(string engines, string method, params string[] more) =>
        CommandRun.RunAsync(["compare", $"{CommandRun.ThisAssembly}:SampleWorks.{method}", "--engines", engines, "--turns", "1", "--report", _folder.File("report.html"), .. more]);
}
