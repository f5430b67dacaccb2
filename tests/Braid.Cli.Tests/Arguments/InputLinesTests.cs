using Braid.Cli.Arguments;
using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.Arguments;

public sealed class InputLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_line_knows_where_it_was_written_and_empty_lines_are_no_items()
    {
        var file = _folder.Write("numbers.txt", "1\n\n3\n");
        var lines = await InputLines.ReadAsync(["7"], file, TextReader.Null, TestContext.Current.CancellationToken);
        Assert.Equal([new("7", "--input 1"), new("1", $"{file}(1)"), new("3", $"{file}(3)")], lines);
    }

    [Fact]
    public async Task A_dash_is_standard_input()
    {
        var lines = await InputLines.ReadAsync([], "-", new StringReader("a\nb"), TestContext.Current.CancellationToken);
        Assert.Equal([new("a", "standard input(1)"), new("b", "standard input(2)")], lines);
    }

    [Fact]
    public async Task A_file_without_items_is_refused()
    {
        var file = _folder.Write("empty.txt", "\n \n");
        var exception = await Assert.ThrowsAsync<InputException>(() => InputLines.ReadAsync([], file, TextReader.Null, TestContext.Current.CancellationToken));
        Assert.Contains("has no items", exception.Message, StringComparison.Ordinal);
    }
}
