using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Braid.Tracing;

/// <summary>The part of the page that is text: read without a script, by people and by screen readers.</summary>
internal static class HtmlBody
{
    // Letters of all languages stay readable in the source; everything that could be markup is encoded.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    internal static void WriteText(TextWriter writer, string text) => Encoder.Encode(writer, text);

    internal static void Write(TextWriter writer, ReportPage page)
    {
        writer.Write("<header class=\"page-head\">\n");
        WriteElement(writer, "h1", page.Title);
        WriteFacts(writer, page.Facts, "facts");
        writer.Write("</header>\n");
        if (page.Sections.Count > 1) WriteCards(writer, page.Sections);
        for (var index = 0; index < page.Sections.Count; index++) WriteSection(writer, page.Sections[index], index);
    }

    private static void WriteCards(TextWriter writer, IReadOnlyList<ReportSection> sections)
    {
        writer.Write("<nav class=\"cards\" aria-label=\"Works on this page\">\n");
        for (var index = 0; index < sections.Count; index++)
        {
            writer.Write($"<a class=\"card\" href=\"#work-{Number(index)}\">");
            WriteElement(writer, "span", sections[index].Name, "card-name");
            if (sections[index].Verdict is { } verdict) WriteElement(writer, "span", verdict, "card-verdict");
            writer.Write("</a>\n");
        }

        writer.Write("</nav>\n");
    }

    private static void WriteSection(TextWriter writer, ReportSection section, int index)
    {
        writer.Write($"<section class=\"work\" id=\"work-{Number(index)}\" aria-labelledby=\"work-{Number(index)}-name\">\n");
        writer.Write($"<h2 id=\"work-{Number(index)}-name\">");
        WriteText(writer, section.Name);
        writer.Write("</h2>\n");
        WriteFacts(writer, section.Facts, "facts small");
        WriteVerdict(writer, section);
        if (section.Table is { } table) HtmlTable.Write(writer, table);
        WriteNotes(writer, section.Notes);
        if (section.Timelines.Count > 0)
        {
            writer.Write($"<div class=\"timelines\" data-section=\"{Number(index)}\">");
            writer.Write("<noscript><p>The timelines are drawn by a script, which is switched off.</p></noscript></div>\n");
        }

        HtmlTable.WriteFailures(writer, section);
        writer.Write("</section>\n");
    }

    private static void WriteVerdict(TextWriter writer, ReportSection section)
    {
        if (section.Verdict is null && section.Paragraphs.Count == 0) return;
        writer.Write(section.Verdict is null ? "<div class=\"prose\">\n" : "<div class=\"prose verdict\">\n");
        if (section.Verdict is { } verdict) WriteElement(writer, "p", verdict, "verdict-line");
        foreach (var paragraph in section.Paragraphs) WriteElement(writer, "p", paragraph);
        writer.Write("</div>\n");
    }

    private static void WriteNotes(TextWriter writer, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0) return;
        writer.Write("<ul class=\"notes\" aria-label=\"Notes\">\n");
        foreach (var note in notes) WriteElement(writer, "li", note);
        writer.Write("</ul>\n");
    }

    private static void WriteFacts(TextWriter writer, IReadOnlyList<ReportFact> facts, string cssClass)
    {
        if (facts.Count == 0) return;
        writer.Write($"<dl class=\"{cssClass}\">\n");
        foreach (var fact in facts)
        {
            writer.Write("<div>");
            WriteElement(writer, "dt", fact.Label);
            WriteElement(writer, "dd", fact.Value);
            writer.Write("</div>\n");
        }

        writer.Write("</dl>\n");
    }

    internal static void WriteElement(TextWriter writer, string element, string text, string? cssClass = null)
    {
        writer.Write(cssClass is null ? $"<{element}>" : $"<{element} class=\"{cssClass}\">");
        WriteText(writer, text);
        writer.Write($"</{element}>");
    }

    internal static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
