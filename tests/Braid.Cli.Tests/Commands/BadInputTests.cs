using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.Commands;

/// <summary>Exit code 2, nothing on standard output, and a message that says what, where, and what to do.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("there is no command 'compar'. Did you mean compare?", "compar")]
    [InlineData("neither a built-in work", "compare", "nope")]
    [InlineData("Did you mean primes?", "compare", "prime")]
    [InlineData("no such file", "compare", "missing.cs:Square", "--input", "1")]
    [InlineData("There is no option '--wat'", "compare", "--wat")]
    [InlineData("there is no engine 'fibers'", "compare", "primes", "--engines", "fibers")]
    [InlineData("--report x.html is also --trace, which it would overwrite", "compare", "primes", "--report", "x.html", "--trace", "./x.html")]
    [InlineData("--report work.cs is also the work, which it would overwrite", "compare", "work.cs:Twice", "--input", "1", "--report", "work.cs")]
    [InlineData("--report has no name of a file", "compare", "primes", "--report", "")]
    [InlineData("--concurrency 0: write a whole number from 1", "compare", "primes", "--concurrency", "0")]
    [InlineData("--concurrency x: write a whole number from 1", "compare", "primes", "--concurrency", "x")]
    [InlineData("--repeat -1: write a whole number from 1", "compare", "primes", "--repeat", "-1")]
    [InlineData("--turns 0: write a whole number from 1", "compare", "primes", "--turns", "0")]
    [InlineData("no WORK was given", "compare", "--input", "3")]
    public Task A_wrong_command_line_is_refused(string message, params string[] args) => AssertRefusedAsync(message, args);

    [Theory]
    [InlineData("has no items to run", "Square")]
    [InlineData("--input 1: 'x' is not an Int32", "Square", "--input", "x")]
    [InlineData("has 2 parameters", "TwoParameters", "--input", "1")]
    [InlineData("is an instance method", "Instance", "--input", "1")]
    [InlineData("Did you mean Square", "Sqare", "--input", "1")]
    [InlineData("missing.txt", "Square", "--inputs", "missing.txt")]
    public Task A_wrong_method_or_argument_is_refused(string message, string method, params string[] more) =>
        AssertRefusedAsync(message, ["compare", $"{CommandRun.ThisAssembly}:{(method == "Instance" ? "OtherSampleWorks" : "SampleWorks")}.{method}", "--report", _folder.File("r.html"), .. more]);

    [Fact]
    public async Task A_line_that_does_not_parse_is_named_with_file_and_line()
    {
        var file = _folder.Write("numbers.txt", "1\n2\nthree\n");
        await AssertRefusedAsync($"{file}(3): 'three' is not an Int32", ["compare", $"{CommandRun.ThisAssembly}:SampleWorks.Square", "--inputs", file, "--report", _folder.File("r.html")]);
    }

    [Fact]
    public async Task A_file_that_is_no_assembly_is_refused()
    {
        var file = _folder.Write("text.dll", "this is text");
        await AssertRefusedAsync("is not a .NET assembly", ["compare", $"{file}:A.B", "--input", "1", "--report", _folder.File("r.html")]);
    }

    [Fact]
    public Task A_report_that_cannot_be_written_is_refused_before_anything_runs() =>
        AssertRefusedAsync("does not exist. Make it, or give another path", ["compare", "primes", "--report", Path.Combine(_folder.Path, "missing", "r.html")]);

    [Fact]
    public Task A_report_that_is_a_folder_is_refused() => AssertRefusedAsync("is a folder", ["compare", "primes", "--report", _folder.Path]);

    private static async Task AssertRefusedAsync(string message, string[] args)
    {
        var run = await CommandRun.RunAsync(args);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
    }
}
