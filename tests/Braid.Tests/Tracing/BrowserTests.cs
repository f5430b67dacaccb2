using System.Diagnostics;
using Braid.Tests.Support;
using Braid.Tracing;
using Xunit;

namespace Braid.Tests.Tracing;

/// <summary>The page as a browser sees it: its script runs without an error, and there is a drawn chart for each timeline.</summary>
public sealed class BrowserTests
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--v=0", "--window-size=1280,1600",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task The_page_draws_a_chart_for_every_timeline_without_an_error(int items)
    {
        if (!File.Exists(Chromium)) Assert.Skip("Chromium is not installed; eng/check.sh installs it.");
        ReportTimeline[] timelines = [new("inline", Events.Many(items, 1)), new("threads", Events.Many(items, 2)), new("loop", Events.Many(items, 1))];
        var section = new ReportSection("work") { Verdict = "</script><script>document.title = 'broken'</script>", Timelines = timelines };
        using var file = new TemporaryFile();
        string page = file.Path + ".html";
        await HtmlReport.SaveAsync(page, new ReportPage("A page", [], [section]), TestContext.Current.CancellationToken);
        try
        {
            var (dom, log) = await OpenAsync(page);
            Assert.Contains("<title>A page", dom, StringComparison.Ordinal);
            Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
            foreach (var timeline in timelines)
                Assert.Contains($"aria-label=\"Timeline of {timeline.Label}", dom, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(page);
        }
    }

    private static async Task<(string Dom, string Log)> OpenAsync(string page)
    {
        string profile = Directory.CreateTempSubdirectory("braid-browser-").FullName;
        try
        {
            var start = new ProcessStartInfo(Chromium, [.. Arguments, $"--user-data-dir={profile}", "--dump-dom", "file://" + page])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var browser = Process.Start(start)!;
            var dom = browser.StandardOutput.ReadToEndAsync();
            var log = browser.StandardError.ReadToEndAsync();
            await browser.WaitForExitAsync().Bounded();
            return (await dom.Bounded(), await log.Bounded());
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
