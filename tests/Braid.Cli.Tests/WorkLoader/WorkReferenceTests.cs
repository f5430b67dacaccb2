using Braid.Cli.Tests.Support;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Tests.WorkLoader;

public sealed class WorkReferenceTests : IDisposable
{
    private static readonly string[] BuiltIn = ["primes", "files"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.cs", "Square", WorkSource.FileProgram)]
    [InlineData("a.dll", "N.T.M", WorkSource.Library)]
    [InlineData("a.csproj", "N.T.M", WorkSource.Project)]
    internal void A_file_and_a_method_are_told_apart(string name, string method, WorkSource source)
    {
        var file = _folder.Write(name, "");
        var reference = WorkReference.Parse($"{file}:{method}", BuiltIn);
        Assert.Equal((source, file, method), (reference.Source, reference.File, reference.Method));
    }

    [Fact]
    public void A_built_in_name_is_no_file() => Assert.Equal(WorkSource.BuiltIn, WorkReference.Parse("primes", BuiltIn).Source);

    [Theory]
    [InlineData("prims", "There is no built-in work 'prims'. Did you mean primes?")]
    [InlineData("nothing-like-it", "is neither a built-in work (primes, files) nor a file")]
    [InlineData("a.py:f", "is not a .cs, .dll or .csproj file")]
    [InlineData("missing.cs:F", "missing.cs: there is no such file")]
    [InlineData("--jsn", "There is no option '--jsn'")]
    public void What_is_no_work_is_refused_with_what_to_write(string text, string message)
    {
        Assert.Contains(message, Assert.Throws<InputException>(() => WorkReference.Parse(text, BuiltIn)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_method_is_refused()
    {
        var file = _folder.Write("a.cs", "");
        Assert.Contains("names no method", Assert.Throws<InputException>(() => WorkReference.Parse(file, BuiltIn)).Message, StringComparison.Ordinal);
    }
}
