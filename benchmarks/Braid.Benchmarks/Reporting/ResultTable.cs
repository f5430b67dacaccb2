using System.Text;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Reporting;

/// <summary>A benchmark's results as a Markdown table.</summary>
internal static class ResultTable
{
    internal static string Markdown(Benchmark benchmark, IReadOnlyList<ResultRow> rows)
    {
        var measured = rows.Where(row => row.Values.Count > 0).ToList();
        var ours = measured.Where(row => row.Entrant.IsOurs).ToList();
        var text = new StringBuilder();
        Line(text, $"## {benchmark.Name}");
        Line(text, "");
        Line(text, benchmark.Description);
        Line(text, "");
        Line(text, $"| {benchmark.Unit} | min | median | max | others' CPU | besides (medians) |{string.Concat(ours.Select(row => $" {row.Entrant.Name} is × |"))}");
        Line(text, $"| --- | ---: | ---: | ---: | ---: | --- |{string.Concat(Enumerable.Repeat(" ---: |", ours.Count))}");
        foreach (var row in measured) Line(text, Row(benchmark, row, ours));
        Line(text, "");
        Notes(text, rows);
        return text.ToString();
    }

    private static string Row(Benchmark benchmark, ResultRow row, IEnumerable<ResultRow> ours)
    {
        string name = row.Entrant.IsOurs ? $"**{row.Entrant.Name}**" : row.Entrant.Name;
        string besides = string.Join(", ", row.Besides.Select(figure => $"{figure.Name} {Format.Number(figure.Median)}"));
        string disturbed = row.MostDisturbed < CpuLoad.Quiet ? "" : $"**{Format.Number(row.MostDisturbed)}**";
        string advantages = string.Concat(ours.Select(our => $" {Advantage(benchmark, our, row)} |"));
        return $"| {name} | {Format.Number(row.Values.Min())} | {Format.Number(Statistics.Median(row.Values))} | {Format.Number(row.Values.Max())} | {disturbed} | {besides} |{advantages}";
    }

    private static string Advantage(Benchmark benchmark, ResultRow our, ResultRow row)
    {
        if (ReferenceEquals(our, row)) return "";
        double ofMedians = Statistics.Advantage(Statistics.Median(our.Values), Statistics.Median(row.Values), benchmark.Better);
        double byRound = Statistics.AdvantageByRound(our.Values, row.Values, benchmark.Better);
        return $"{Format.Number(ofMedians)} ({Format.Number(byRound)})";
    }

    private static void Notes(StringBuilder text, IReadOnlyList<ResultRow> rows)
    {
        var notes = new List<string>();
        foreach (var row in rows)
        {
            if (row.Skipped is not null) notes.Add($"- {row.Entrant.Name} skipped: {row.Skipped}");
            if (row.Failure is not null) notes.Add($"- **{row.Entrant.Name} failed**: {row.Failure}");
        }

        if (rows.Any(row => row.MostDisturbed >= CpuLoad.Quiet))
            notes.Add($"- **Disturbed**: where a figure stands under \"others' CPU\", other programs took that many cores in one of the measurements, {CpuLoad.Quiet} or more even after repeating it. Do not quote those rows.");
        foreach (string note in notes) Line(text, note);
        if (notes.Count > 0) Line(text, "");
    }

    // Results are committed: the same line ends everywhere.
    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
