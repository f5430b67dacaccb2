using Braid.Cli.Arguments;
using Braid.Cli.Comparison;
using Braid.Cli.Output;
using Braid.Cli.WorkLoader;
using Braid.Cli.Works;
using Braid.Tracing;

namespace Braid.Cli.Commands;

/// <summary>Carries out <c>braid compare</c>: load, run, show, write.</summary>
internal sealed class Comparing(Terminal terminal, TimeProvider timeProvider)
{
    private readonly ProgressDisplay _progress = new(terminal, timeProvider);

    internal async Task<int> RunAsync(CompareOptions options, CancellationToken cancellationToken)
    {
        options.Check();
        OutputFile.CheckWritable("--report", options.Report);
        if (options.Trace is not null) OutputFile.CheckWritable("--trace", options.Trace);
        OutputFile.CheckApart([("--report", options.Report), ("--trace", options.Trace)], ("--inputs", options.Inputs), ("the work", options.Work is { } work ? WorkReference.FileIn(work) : null));

        // What the work and its workers print must not get into the document.
        if (options.Json && terminal.IsConsole) Console.SetOut(Console.Error);
        var comparisons = new List<WorkComparison>();
        var table = new ComparisonTable(terminal, options.NoColor);
        try
        {
            await foreach (var comparison in CompareAsync(options, cancellationToken))
            {
                comparisons.Add(comparison);
                _progress.Clear();
                if (!options.Json) table.Write(comparison);
            }
        }
        finally
        {
            _progress.Clear();
        }

        await WriteFilesAsync(options, comparisons, cancellationToken.IsCancellationRequested);
        return ExitCodeOf(comparisons, cancellationToken.IsCancellationRequested);
    }

    private async IAsyncEnumerable<WorkComparison> CompareAsync(
        CompareOptions options, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Work is null)
        {
            foreach (var work in BuiltInWork.All)
            {
                if (!cancellationToken.IsCancellationRequested) yield return await CompareBuiltInAsync(work, options, cancellationToken);
            }

            yield break;
        }

        var reference = WorkReference.Parse(options.Work, BuiltInWork.Names);
        yield return reference.Source == WorkSource.BuiltIn
            ? await CompareBuiltInAsync(BuiltInWork.Find(reference.Method), options, cancellationToken)
            : await CompareUserWorkAsync(reference, options, cancellationToken);
    }

    private async Task<WorkComparison> CompareBuiltInAsync(BuiltInWork work, CompareOptions options, CancellationToken cancellationToken)
    {
        var lines = await ReadLinesAsync(options, cancellationToken);
        await using var started = work.Start();
        var comparison = await CompareItemsAsync(started.Work, lines.Count > 0 ? lines : started.Items, options, cancellationToken);
        return comparison with { Description = work.Description };
    }

    private async Task<WorkComparison> CompareUserWorkAsync(WorkReference reference, CompareOptions options, CancellationToken cancellationToken)
    {
        if (options.Input.Count == 0 && options.Inputs is null)
            throw new InputException($"{reference.Text} has no items to run. Give arguments with --input VALUE (repeatable) or --inputs FILE, one a line.");
        var lines = await ReadLinesAsync(options, cancellationToken);
        if (reference.Source != WorkSource.Library) _progress.Say($"building {Path.GetFileName(reference.File)}");
        var work = await UserWork.LoadAsync(reference, cancellationToken);
        return await CompareItemsAsync(work, lines, options, cancellationToken);
    }

    private Task<IReadOnlyList<InputLine>> ReadLinesAsync(CompareOptions options, CancellationToken cancellationToken) =>
        InputLines.ReadAsync(options.Input, options.Inputs, terminal.Input, cancellationToken);

    private Task<WorkComparison> CompareItemsAsync(LoadedWork work, IReadOnlyList<InputLine> lines, CompareOptions options, CancellationToken cancellationToken) =>
        new ComparisonRun(work, work.ReadItems(lines, options.Repeat), options.Settings, timeProvider, _progress.Report).RunAsync(cancellationToken);

    /// <summary>After Ctrl-C too: what was measured is worth keeping, so nothing here is cancelled.</summary>
    private async Task WriteFilesAsync(CompareOptions options, List<WorkComparison> comparisons, bool wasInterrupted)
    {
        var run = RunFacts.OfThisMachine(timeProvider) with { WasInterrupted = wasInterrupted, Report = Path.GetFullPath(options.Report) };
        await HtmlReport.SaveAsync(options.Report, ReportBuilder.Build(run, comparisons), CancellationToken.None);
        if (options.Trace is not null) await ChromeTrace.SaveAsync(options.Trace, ReportBuilder.TraceEvents(comparisons), CancellationToken.None);
        if (options.Json)
        {
            await terminal.Output.WriteLineAsync(JsonOutput.Write(run, comparisons));
            return;
        }

        await terminal.Output.WriteLineAsync($"Report: {options.Report}{(options.Trace is null ? "" : $"; trace: {options.Trace}")}");
        if (wasInterrupted) await terminal.Error.WriteLineAsync($"braid: interrupted; the numbers are of what was measured until then.{StillRunning(comparisons)}");
    }

    private static string StillRunning(List<WorkComparison> comparisons) => comparisons.FirstOrDefault(static c => c.StillRunning is not null) is { } comparison
        ? $" {comparison.Work}, {comparison.StillRunning!.Value.Title()}, did not heed its token and ends with this program."
        : "";

    private static int ExitCodeOf(List<WorkComparison> comparisons, bool wasInterrupted)
    {
        if (wasInterrupted) return ExitCode.Interrupted;
        return comparisons.Any(static c => c.Failures.Count > 0 || c.Differences.Count > 0) ? ExitCode.ItemsFailed : ExitCode.Success;
    }
}
