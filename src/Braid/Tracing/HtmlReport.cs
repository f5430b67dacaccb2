using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Braid.Tracing;

/// <summary>
/// Writes a page that needs nothing but itself. Text and tables are HTML, so they are read without a script; the timelines are JSON, which
/// report.js draws. All of it is encoded: no argument and no error message can become markup.
/// </summary>
internal static class HtmlReport
{
    /// <summary>Writes the page of one timeline.</summary>
    internal static Task SaveAsync(string path, IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken) =>
        SaveAsync(path, TimelinePage.Of(events), cancellationToken);

    /// <summary>Writes a page. The file is there whole or not at all.</summary>
    internal static Task SaveAsync(string path, ReportPage page, CancellationToken cancellationToken) =>
        WholeFile.WriteAsync(path, (file, token) => file.WriteAsync(Render(page), token).AsTask(), cancellationToken);

    /// <summary>Writes a page: the same page, the same text.</summary>
    internal static void Write(TextWriter writer, ReportPage page)
    {
        // The template is cut at its marks before anything is put in, so a value that looks like a mark stays a value.
        foreach (var piece in ReportTemplate.Pieces())
        {
            switch (piece)
            {
                case "{{title}}": HtmlBody.WriteText(writer, page.Title); break;
                case "{{style}}": writer.Write(ReportTemplate.Style()); break;
                case "{{body}}": HtmlBody.Write(writer, page); break;
                case "{{data}}": writer.Write(Data(page)); break;
                case "{{script}}": writer.Write(ReportTemplate.Script()); break;
                default: writer.Write(piece); break;
            }
        }
    }

    private static byte[] Render(ReportPage page)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Write(writer, page);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    /// <summary>What report.js draws. The writer's default encoder leaves no "&lt;" in it, so it cannot end its script element.</summary>
    private static string Data(ReportPage page)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("sections");
            foreach (var section in page.Sections)
            {
                writer.WriteStartObject();
                writer.WriteString("name", section.Name);
                writer.WriteStartArray("timelines");
                foreach (var timeline in section.Timelines) TimelineJson.Write(writer, timeline);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
