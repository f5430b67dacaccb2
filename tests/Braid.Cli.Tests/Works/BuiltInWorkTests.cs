using System.Security.Cryptography;
using Braid.Cli.Tests.Support;
using Braid.Cli.Works;

namespace Braid.Cli.Tests.Works;

public sealed class BuiltInWorkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(100, 25)]
    [InlineData(10_000, 1229)]
    public void Primes_are_counted(int limit, int count) => Assert.Equal(count, Primes.CountBelow(limit));

    [Fact]
    public void Files_are_hashed()
    {
        var file = _folder.Write("abc.txt", "abc");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("abc"u8)), Files.Hash(file));
    }

    [Fact]
    public async Task Replies_come_from_a_server_that_answers_many_at_once()
    {
        await using var server = ReplyServer.Start(TimeProvider.System);
        var replies = Enumerable.Range(1, 20).Select(i => Replies.GetNumberAsync(server.AddressOf(i).ToString(), TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(1, 20).Select(static i => i * i), await Task.WhenAll(replies));
    }

    [Theory]
    [InlineData("primes", "1000")]
    [InlineData("files", null)]
    public async Task A_built_in_work_takes_inputs_of_the_users_own(string work, string? input)
    {
        var run = await CommandRun.RunAsync("compare", work, "--input", input ?? _folder.Write("a.txt", "a"), "--engines", "threads,loop", "--turns", "1", "--report", _folder.File("report.html"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("1 item, for example", run.Output, StringComparison.Ordinal);
    }
}
