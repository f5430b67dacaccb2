using System.Text.RegularExpressions;

namespace Braid.Tracing;

/// <summary>The page's fixed parts, which are embedded in the assembly.</summary>
internal static partial class ReportTemplate
{
    private static readonly string[] Scripts =
    [
        "report.data.js", "report.view.js", "report.draw.js", "report.spans.js", "report.details.js", "report.js",
    ];

    /// <summary>report.html, cut before and after each mark such as {{title}}.</summary>
    internal static IEnumerable<string> Pieces() => Mark().Split(Read("report.html"));

    internal static string Style() => Read("report.css");

    /// <summary>All scripts in the order in which they build on each other.</summary>
    internal static string Script() => string.Concat(Scripts.Select(Read));

    private static string Read(string name)
    {
        using var stream = typeof(ReportTemplate).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource '{name}': build Braid.csproj again.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"(\{\{[a-z]+\}\})")]
    private static partial Regex Mark();
}
