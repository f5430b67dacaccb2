using System.Reflection;

namespace Braid.Cli.Tests.Support;

/// <summary>Runs the tool in this process and keeps what it wrote.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static string ThisAssembly { get; } = Assembly.GetExecutingAssembly().Location;

    internal static Task<CommandRun> RunAsync(params string[] args) => RunAsync("", args, TestContext.Current.CancellationToken);

    internal static async Task<CommandRun> RunAsync(string input, string[] args, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        var exitCode = await Program.RunAsync(args, new Terminal(output, error, reader), cancellationToken);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Compares a sample work, quickly: on threads, one turn.</summary>
    internal static Task<CommandRun> CompareSampleAsync(TemporaryFolder folder, string method, params string[] more) => CompareSampleFromInputAsync(folder, "", method, more);

    internal static Task<CommandRun> CompareSampleFromInputAsync(TemporaryFolder folder, string input, string method, params string[] more) =>
        RunAsync(input, ["compare", $"{ThisAssembly}:{typeof(SampleWorks).FullName}.{method}", "--engines", "threads", "--turns", "1", "--report", folder.File("report.html"), .. more], TestContext.Current.CancellationToken);
}
