using System.Text.RegularExpressions;
using Braid.Cli.Comparison;
using Spectre.Console;

namespace Braid.Cli.Output;

/// <summary>Writes one work's comparison for people: the table, the winner, and the reasons.</summary>
internal sealed partial class ComparisonTable
{
    private const int TextWidth = 90;
    private const int ListedFailures = 10;

    // The console writes escape sequences into text, from which they are taken out again when no colours are wanted: told to use none, it
    // would set and reset colours on the process' own console instead, whatever it was told to write to.
    private readonly StringWriter _text = new();
    private readonly IAnsiConsole _console;
    private readonly TextWriter _output;
    private readonly bool _colors;

    internal ComparisonTable(Terminal terminal, bool noColor)
    {
        _output = terminal.Output;
        _colors = terminal.OutputIsTerminal && !noColor && !terminal.NoColor;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_text),
        });
        _console.Profile.Width = terminal.Width;
        _console.Profile.Capabilities.Unicode = true;
    }

    internal void Write(WorkComparison comparison)
    {
        _console.WriteLine();
        WriteText($"{comparison.Work}{(comparison.Description is null ? "" : $": {comparison.Description}")}", decoration: Decoration.Bold);
        WriteText(Facts(comparison));
        _console.WriteLine();
        _console.Write(NumbersTable(comparison));
        _console.Write(TimesTable(comparison));
        WriteRefusals(comparison);
        WriteVerdict(comparison);
        WriteProblems(comparison);

        // Tables fill their lines with spaces, which nobody wants in a file.
        var text = _colors ? _text.ToString() : EscapeSequence().Replace(_text.ToString(), "");
        foreach (var line in text.Split('\n').SkipLast(1)) _output.WriteLine(line.TrimEnd());
        _text.GetStringBuilder().Clear();
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex EscapeSequence();

    private static string Facts(WorkComparison comparison)
    {
        var turns = comparison.Turns switch { 0 => "less than one turn", 1 => "one turn", var count => $"medians of {count} turns" };
        var sample = comparison.Sample is { } pair ? $", for example {pair.Argument} → {pair.Result}" : "";
        return $"{Numbers.Items(comparison.Items)}{sample}; {turns}; {Environment.ProcessorCount} cores{(comparison.WasInterrupted ? "; interrupted" : "")}";
    }

    // Two tables of seven columns, so that both fit into a window of 80.
    private static Table NumbersTable(WorkComparison comparison)
    {
        var table = NewTable("engine", "at once", "wall time", "items/s", "speed-up", "CPU", "memory");
        foreach (var row in comparison.Rows)
        {
            if (!row.IsMeasured)
            {
                AddRow(table, false, row.Engine.Title(), "–", "–", "–", "–", "–", "–");
                continue;
            }

            var isWinner = row.Engine == comparison.Verdict?.Winner;
            AddRow(table, isWinner,
                row.Engine.Title() + (isWinner ? " *" : ""), Numbers.Count(row.Concurrency), Numbers.Time(row.Wall), Numbers.Rate(row.ItemsPerSecond),
                row.Speedup is { } speedup ? $"{Numbers.Factor(speedup)} x" : "–", row.TrustedCpuUse is { } use ? Numbers.Percent(use) : "–", Numbers.Bytes(row.PeakBytes));
        }

        return table;
    }

    private static Table TimesTable(WorkComparison comparison)
    {
        var table = NewTable("where the time went", "start", "waiting", "encoding", "running", "p50", "p99");
        foreach (var row in comparison.Rows.Where(static row => row.IsMeasured))
        {
            AddRow(table, row.Engine == comparison.Verdict?.Winner,
                row.Engine.Title(), Numbers.Time(row.StartUp), Numbers.Time(row.Waiting), row.Encoding is { } encoding ? Numbers.Time(encoding) : "–",
                Numbers.Time(row.Running), Numbers.Time(row.ItemP50), Numbers.Time(row.ItemP99));
        }

        return table;
    }

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var index = 0; index < columns.Length; index++)
        {
            var column = new TableColumn(new Text(columns[index])) { Alignment = index == 0 ? Justify.Left : Justify.Right, Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(index == 0 ? column.NoWrap() : column);
        }

        return table;
    }

    private static void AddRow(Table table, bool isWinner, params string[] cells) =>
        table.AddRow(cells.Select(cell => new Text(cell, isWinner ? new Style(Color.Green) : Style.Plain)));

    private void WriteRefusals(WorkComparison comparison)
    {
        var refused = comparison.Rows.Where(static row => !row.IsMeasured).GroupBy(static row => row.CannotRun).ToList();
        foreach (var reason in refused) WriteText($"{string.Join(", ", reason.Select(static row => row.Engine.Title()))}: {reason.Key}", Color.Yellow);
        if (refused.Count > 0) _console.WriteLine();
    }

    private void WriteVerdict(WorkComparison comparison)
    {
        if (comparison.Verdict is not { } verdict) return;
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

        if (Equality.Of(comparison) is { } sentence) WriteText(sentence);
    }

    /// <summary>Folded at words, so that a paragraph is readable in a wide window and in a file too.</summary>
    private void WriteText(string text, Color? color = null, Decoration decoration = Decoration.None)
    {
        foreach (var line in TextLines.Fold(text, Math.Min(TextWidth, _console.Profile.Width)))
        {
            // The colour ends before the line does.
            _console.Write(new Text(line, new Style(color, decoration: decoration)));
            _console.WriteLine();
        }
    }
}
