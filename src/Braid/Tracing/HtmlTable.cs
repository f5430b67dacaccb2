using System.Globalization;

namespace Braid.Tracing;

/// <summary>The page's tables. Each scrolls inside its own box, so that the page never does sideways.</summary>
internal static class HtmlTable
{
    internal static void Write(TextWriter writer, ReportTable table)
    {
        var numeric = table.Columns.Select((_, column) => column > 0 && IsNumeric(table, column)).ToArray();
        Open(writer, table.Caption, "results");
        writer.Write("<thead><tr>");
        for (var column = 0; column < table.Columns.Count; column++)
        {
            writer.Write(numeric[column] ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
            HtmlBody.WriteText(writer, table.Columns[column]);
            writer.Write("</th>");
        }

        writer.Write("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows) WriteRow(writer, table, row, numeric);
        Close(writer);
    }

    internal static void WriteFailures(TextWriter writer, ReportSection section)
    {
        if (section.Failures.Count == 0) return;
        writer.Write("<details class=\"failures\" open>");
        HtmlBody.WriteElement(writer, "summary", "Failed items: " + ReportNumbers.Count(section.Failures.Count + section.FailuresLeftOut));
        Open(writer, "Items that failed", "failed");
        writer.Write("<thead><tr><th scope=\"col\">Engine</th><th scope=\"col\">Item</th>");
        writer.Write("<th scope=\"col\">Argument</th><th scope=\"col\">Error</th></tr></thead>\n<tbody>\n");
        foreach (var failure in section.Failures)
        {
            writer.Write("<tr>");
            HtmlBody.WriteElement(writer, "td", failure.Engine);
            HtmlBody.WriteElement(writer, "td", failure.Item);
            HtmlBody.WriteElement(writer, "td", ReportTexts.Cut(failure.Argument, 240), "argument");
            HtmlBody.WriteElement(writer, "td", ReportTexts.Cut(failure.Error, 600), "error");
            writer.Write("</tr>\n");
        }

        Close(writer);
        if (section.FailuresLeftOut > 0) HtmlBody.WriteElement(writer, "p", $"And {ReportNumbers.Count(section.FailuresLeftOut)} more.", "left-out");
        writer.Write("</details>\n");
    }

    private static void WriteRow(TextWriter writer, ReportTable table, ReportRow row, bool[] numeric)
    {
        writer.Write(row.IsWinner ? "<tr class=\"winner\">" : row.CannotRun is null ? "<tr>" : "<tr class=\"cannot\">");
        writer.Write("<th scope=\"row\">");
        HtmlBody.WriteText(writer, row.Cells.Count > 0 ? row.Cells[0] : "");
        if (row.IsWinner) writer.Write(" <span class=\"badge\">winner</span>");
        writer.Write("</th>");
        if (row.CannotRun is { } reason)
        {
            writer.Write($"<td colspan=\"{HtmlBody.Number(Math.Max(1, table.Columns.Count - 1))}\">Cannot run this work: ");
            HtmlBody.WriteText(writer, reason);
            writer.Write("</td>");
        }
        else
        {
            for (var column = 1; column < table.Columns.Count; column++) WriteCell(writer, table, row, column, numeric[column]);
        }

        writer.Write("</tr>\n");
    }

    private static void WriteCell(TextWriter writer, ReportTable table, ReportRow row, int column, bool isNumber)
    {
        writer.Write(isNumber ? "<td class=\"number\">" : "<td>");
        HtmlBody.WriteText(writer, column < row.Cells.Count ? row.Cells[column] : "");
        if (column == table.BarColumn)
        {
            var percent = Math.Clamp(100 * row.Bar, 0, 100).ToString("0.#", CultureInfo.InvariantCulture);
            writer.Write($"<span class=\"bar\" aria-hidden=\"true\"><span style=\"width:{percent}%\"></span></span>");
        }

        writer.Write("</td>");
    }

    private static bool IsNumeric(ReportTable table, int column)
    {
        var cells = table.Rows.Where(row => row.CannotRun is null && column < row.Cells.Count).Select(row => row.Cells[column]).ToList();
        return cells.Count > 0 && cells.All(static cell => cell.Length == 0 || !char.IsLetter(cell[0]));
    }

    private static void Open(TextWriter writer, string caption, string cssClass)
    {
        // Focusable, because a box that scrolls must be reachable without a mouse.
        writer.Write("<div class=\"table-box\" tabindex=\"0\" role=\"region\" aria-label=\"");
        HtmlBody.WriteText(writer, caption);
        writer.Write($"\"><table class=\"{cssClass}\">");
        writer.Write("<caption>");
        HtmlBody.WriteElement(writer, "span", caption);
        writer.Write("</caption>\n");
    }

    private static void Close(TextWriter writer) => writer.Write("</tbody>\n</table></div>\n");
}
