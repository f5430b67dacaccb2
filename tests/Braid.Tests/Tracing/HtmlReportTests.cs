using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Braid.Tracing;
using Xunit;

namespace Braid.Tests.Tracing;

public sealed class HtmlReportTests
{
    private const string Hostile = "</script><script>alert(1)</script><!-- {{data}} '\"&";
    private const long FiveMegabytes = 5_000_000;

    [Fact]
    public void A_hostile_argument_is_nowhere_raw_and_parses_back_to_itself()
    {
        TraceEvent[] events = [.. Events.Item(1, 0, 0, 1, 2, TracePhase.Failed, Hostile, Hostile)];
        var facts = new[] { new ReportFact(Hostile, Hostile) };
        var page = new ReportPage(Hostile, facts,
        [
            new ReportSection(Hostile)
            {
                Verdict = Hostile,
                Paragraphs = [Hostile],
                Facts = facts,
                Notes = [Hostile],
                Table = new ReportTable(Hostile, [Hostile, Hostile], [new ReportRow([Hostile, Hostile]), new ReportRow([Hostile]) { CannotRun = Hostile }]),
                Failures = [new ReportFailure(Hostile, Hostile, Hostile, Hostile)],
                Timelines = [new ReportTimeline(Hostile, events)],
            },
            new ReportSection("other"),
        ]);

        var html = Write(page);

        Assert.DoesNotContain("<script>alert", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, Regex.Count(html, "</script", RegexOptions.IgnoreCase));
        Assert.DoesNotContain("<!-- ", html, StringComparison.Ordinal);
        using var data = Data(html);
        var timeline = data.RootElement.GetProperty("sections")[0].GetProperty("timelines")[0];
        Assert.Equal(Hostile, timeline.GetProperty("label").GetString());
        Assert.Contains(Hostile, timeline.GetProperty("texts").EnumerateArray().Select(t => t.GetString()));
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_stop_the_page()
    {
        var html = Write(TimelinePage.Of([.. Events.Item(1, 0, 0, 1, 2, TracePhase.Failed, "\ud83d", "\ude00")]));

        using var data = Data(html);
        Assert.Equal(JsonValueKind.Object, data.RootElement.ValueKind);
    }

    [Fact]
    public void A_hundred_thousand_items_on_five_engines_stay_under_five_megabytes()
    {
        var timelines = new[] { 1, 2, 2, 8, 64 }.Select(lanes => new ReportTimeline($"engine of {lanes}", Events.Many(100_000, lanes))).ToList();

        var html = Write(new ReportPage("Large", [], [new ReportSection("Large") { Timelines = timelines }]));

        Assert.True(Encoding.UTF8.GetByteCount(html) < FiveMegabytes, $"The page has {html.Length:N0} characters.");
    }

    [Fact]
    public void Long_arguments_of_all_different_items_stay_under_five_megabytes()
    {
        var events = Enumerable.Range(0, 2_000).SelectMany(i => Events.Item(i + 1, 0, 0, i, i + 1, argument: i + new string('語', 500))).ToList();
        var timelines = Enumerable.Range(0, 5).Select(i => new ReportTimeline($"engine {i}", events)).ToList();

        var html = Write(new ReportPage("Wordy", [], [new ReportSection("Wordy") { Timelines = timelines }]));

        Assert.True(Encoding.UTF8.GetByteCount(html) < FiveMegabytes, $"The page has {html.Length:N0} characters.");
    }

    [Fact]
    public void The_same_page_gives_the_same_text()
    {
        var events = Events.Many(3_000, 3).Concat(Events.Many(50, 2, "loop")).ToList();

        Assert.Equal(Write(TimelinePage.Of(events)), Write(TimelinePage.Of([.. events])));
    }

    [Fact]
    public void Culture_changes_nothing()
    {
        var events = Events.Many(3_000, 3);
        var page = new ReportPage("Page", [], [new ReportSection("Section")
        {
            Table = new ReportTable("Table", ["Engine", "Speed-up"], [new ReportRow(["loop", "2"]) { Bar = 0.123 }]) { BarColumn = 1 },
            Timelines = [new ReportTimeline("threads", events)],
        }]);
        var before = CultureInfo.CurrentCulture;
        var expected = (Write(page), Write(TimelinePage.Of(events)));
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = ".";
            culture.NumberFormat.NegativeSign = "minus ";
            CultureInfo.CurrentCulture = culture;

            Assert.Equal(expected, (Write(page), Write(TimelinePage.Of(events))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_page_names_no_address_and_forbids_the_network()
    {
        var html = Write(TimelinePage.Of(Events.Many(10, 2)));

        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"https?://|src=|@import|url\(", html);
    }

    [Fact]
    public void The_table_can_be_read_without_a_script()
    {
        ReportRow[] rows =
        [
            new(["loop", "1.0 s", "4.0 ×"]) { IsWinner = true, Bar = 1 },
            new(["cluster"]) { CannotRun = "no broker was named" },
        ];
        var table = new ReportTable("Five runs", ["Engine", "Time", "Speed-up"], rows) { BarColumn = 2 };

        var html = Write(new ReportPage("Primes", [], [new ReportSection("Primes") { Verdict = "loop", Table = table }]));

        Assert.Contains("<caption><span>Five runs</span></caption>", html, StringComparison.Ordinal);
        Assert.Contains("<tr class=\"winner\"><th scope=\"row\">loop", html, StringComparison.Ordinal);
        Assert.Contains("style=\"width:100%\"", html, StringComparison.Ordinal);
        Assert.Contains("colspan=\"2\">Cannot run this work: no broker was named", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Zero_items_make_a_page_that_says_so() => Assert.Contains("Nothing was recorded.", Write(TimelinePage.Of([])), StringComparison.Ordinal);

    [Fact]
    public void Executors_that_share_a_timeline_share_its_origin()
    {
        TraceEvent[] events = [.. Events.Item(1, 0, 100, 110, 120), .. Events.Item(2, 0, 150, 160, 170, executor: "loop")];

        using var data = Data(Write(TimelinePage.Of(events)));

        var starts = data.RootElement.GetProperty("sections")[0].GetProperty("timelines").EnumerateArray().Select(t => t.GetProperty("start").GetInt64());
        Assert.Equal([0L, 50L], starts);
    }

    [Fact]
    public async Task A_saved_page_is_whole_and_leaves_nothing_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory("braid-report-");
        try
        {
            var path = Path.Combine(folder.FullName, "page.html");
            await File.WriteAllTextAsync(path, "an older page", TestContext.Current.CancellationToken);

            await HtmlReport.SaveAsync(path, Events.Many(10, 2), TestContext.Current.CancellationToken);

            Assert.Equal([path], Directory.GetFiles(folder.FullName));
            Assert.Equal(Write(TimelinePage.Of(Events.Many(10, 2))), await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_cancelled_save_leaves_the_older_page_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("braid-report-");
        try
        {
            var path = Path.Combine(folder.FullName, "page.html");
            await File.WriteAllTextAsync(path, "an older page", TestContext.Current.CancellationToken);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HtmlReport.SaveAsync(path, Events.Many(10, 2), new CancellationToken(canceled: true)));

            Assert.Equal([path], Directory.GetFiles(folder.FullName));
            Assert.Equal("an older page", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Write(ReportPage page)
    {
        using var writer = new StringWriter();
        HtmlReport.Write(writer, page);
        return writer.ToString();
    }

    private static JsonDocument Data(string html) =>
        JsonDocument.Parse(Regex.Match(html, "<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value);
}
