using System.Globalization;
using Braid.Cli.Comparison;
using Spectre.Console;

namespace Braid.Cli.Output;

/// <summary>Writes one work's comparison for people: the table, the winner, and the reasons.</summary>
internal sealed class ComparisonTable
{
    private const int TextWidth = 100;
    private const int ListedFailures = 10;

    private readonly IAnsiConsole _console;

    internal ComparisonTable(Terminal terminal, bool noColor)
    {
        var colors = terminal.OutputIsTerminal && !noColor && !terminal.NoColor;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colors ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(terminal.Output),
        });
        _console.Profile.Width = terminal.Width;
        _console.Profile.Capabilities.Unicode = true;
    }

    internal void Write(WorkComparison comparison)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[bold]{comparison.Work}[/]{(comparison.Description is null ? "" : $": {comparison.Description}")}");
        WriteText(Facts(comparison));
        _console.WriteLine();
        _console.Write(NumbersTable(comparison));
        _console.Write(TimesTable(comparison));
        WriteRefusals(comparison);
        WriteVerdict(comparison);
        WriteProblems(comparison);
    }

    private static string Facts(WorkComparison comparison)
    {
        var turns = comparison.Turns == 1 ? "one turn" : $"medians of {comparison.Turns} turns";
        var sample = comparison.Sample is { } pair ? $", for example {pair.Argument} → {pair.Result}" : "";
        return $"{Numbers.Items(comparison.Items)}{sample}; {turns}; {Environment.ProcessorCount} cores{(comparison.WasInterrupted ? "; interrupted" : "")}";
    }

    private static Table NumbersTable(WorkComparison comparison)
    {
        var table = NewTable("engine", "at once", "wall time", "items/s", "speed-up", "CPU use", "peak memory", "item p50", "item p99", "failed");
        foreach (var row in comparison.Rows.Where(static row => row.IsMeasured))
        {
            var isWinner = row.Engine == comparison.Verdict?.Winner;
            AddRow(table, isWinner,
                row.Engine.Title() + (isWinner ? " *" : ""),
                Count(row.Concurrency), Numbers.Time(row.Wall), Numbers.Rate(row.ItemsPerSecond),
                row.Speedup is { } speedup ? $"{Numbers.Factor(speedup)} x" : "–",
                Numbers.Percent(row.CpuUse), Numbers.Bytes(row.PeakBytes), Numbers.Time(row.ItemP50), Numbers.Time(row.ItemP99), Count(row.FailedItems));
        }

        return table;
    }

    private static Table TimesTable(WorkComparison comparison)
    {
        var table = NewTable("where the time went", "start-up", "an item: waiting", "encoding", "running");
        foreach (var row in comparison.Rows.Where(static row => row.IsMeasured))
        {
            AddRow(table, row.Engine == comparison.Verdict?.Winner, row.Engine.Title(), Numbers.Time(row.StartUp), Numbers.Time(row.Waiting),
                row.Encoding is { } encoding ? Numbers.Time(encoding) : "–", Numbers.Time(row.Running));
        }

        return table;
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var index = 0; index < columns.Length; index++)
        {
            var column = new TableColumn(new Text(columns[index])) { Alignment = index == 0 ? Justify.Left : Justify.Right };
            table.AddColumn(index == 0 ? column.NoWrap() : column);
        }

        return table;
    }

    private static void AddRow(Table table, bool isWinner, params string[] cells) =>
        table.AddRow(cells.Select(cell => new Text(cell, isWinner ? new Style(Color.Green) : Style.Plain)));

    private void WriteRefusals(WorkComparison comparison)
    {
        foreach (var row in comparison.Rows.Where(static row => !row.IsMeasured)) WriteText($"{row.Engine.Title()}: {row.CannotRun}", Color.Yellow);
    }

    private void WriteVerdict(WorkComparison comparison)
    {
        if (comparison.Verdict is not { } verdict) return;
        _console.WriteLine();
        WriteText($"Fastest: {verdict.Headline}.", Color.Green);
        WriteText(verdict.Paragraph);
        _console.WriteLine();
    }

    private void WriteProblems(WorkComparison comparison)
    {
        foreach (var failure in comparison.Failures.Take(ListedFailures))
            WriteText($"Item {failure.Index + 1} ({failure.Argument}) failed: {failure.Error} [{string.Join(", ", failure.Engines.Select(EngineNames.Title))}]", Color.Red);
        if (comparison.Failures.Count > ListedFailures) WriteText($"… and {comparison.Failures.Count - ListedFailures} more failures; --json lists them all.", Color.Red);
        foreach (var difference in comparison.Differences)
        {
            WriteText(
                $"Results differ: item {difference.Index + 1} ({comparison.ArgumentText(difference.Index)}) gave {difference.Expected} inline and {difference.Actual} with {difference.Engine.Title()}. "
                + "The work depends on more than its argument, or on what runs beside it.", Color.Red);
        }

        if (comparison.Verdict is not null && comparison.Differences.Count == 0 && comparison.Failures.Count == 0) WriteText("All engines gave equal results.");
    }

    /// <summary>Folded at words, so that a paragraph is readable in a wide window and in a file too.</summary>
    private void WriteText(string text, Color? color = null)
    {
        foreach (var line in TextLines.Fold(text, Math.Min(TextWidth, _console.Profile.Width))) _console.Write(new Text(line + "\n", new Style(color)));
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
