using System.Text.Json;
using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.Output;

public sealed class JsonOutputTests : IDisposable
{
    private static readonly string[] RowNumbers =
    [
        "concurrency", "turns", "wallSeconds", "shortestWallSeconds", "longestWallSeconds", "itemsPerSecond", "speedup", "cpuSeconds", "coresUsed", "peakMemoryBytes",
        "itemP50Seconds", "itemP99Seconds", "startUpSeconds", "itemWaitingSeconds", "itemRunningSeconds", "failedItems",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Standard_output_is_one_document_with_everything_in_the_table()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "Square", "--input", "3", "--json");
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        Assert.True(root.GetProperty("machine").GetProperty("cores").GetInt32() >= 1);
        Assert.False(root.GetProperty("interrupted").GetBoolean());

        var work = Assert.Single(root.GetProperty("works").EnumerateArray());
        Assert.Equal("SampleWorks.Square", work.GetProperty("work").GetString());
        Assert.Equal("9", work.GetProperty("sample").GetProperty("result").GetString());
        Assert.True(work.GetProperty("resultsAreEqual").GetBoolean());
        Assert.Equal(["inline", "threads"], work.GetProperty("engines").EnumerateArray().Select(static row => row.GetProperty("engine").GetString()));
        foreach (var row in work.GetProperty("engines").EnumerateArray())
        {
            Assert.All(RowNumbers, name => Assert.Equal(JsonValueKind.Number, row.GetProperty(name).ValueKind));
        }

        var verdict = work.GetProperty("verdict");
        Assert.Contains(verdict.GetProperty("kind").GetString(), (string[])["cpuBound", "fastIo", "slowIo"]);
        Assert.NotEmpty(verdict.GetProperty("text").GetString()!);
    }

    [Fact]
    public async Task Failures_are_in_the_document_with_argument_and_error()
    {
        var run = await CommandRun.CompareSampleAsync(_folder, "FailsAtTwo", "--input", "1", "--input", "2", "--json");
        Assert.Equal(1, run.ExitCode);
        using var document = JsonDocument.Parse(run.Output);
        var failure = Assert.Single(document.RootElement.GetProperty("works")[0].GetProperty("failures").EnumerateArray());
        Assert.Equal(1, failure.GetProperty("item").GetInt32());
        Assert.Equal("2", failure.GetProperty("argument").GetString());
        Assert.Equal("FormatException: two is not to my liking", failure.GetProperty("error").GetString());
    }
}
