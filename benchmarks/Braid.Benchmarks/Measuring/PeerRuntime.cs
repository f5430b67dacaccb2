namespace Braid.Benchmarks.Measuring;

/// <summary>A language's runtime: whether it is installed, which version, and how it runs a peer's program.</summary>
internal sealed class PeerRuntime
{
    // For the interpreter to measure against; the system's own is usually the fastest built one, and no shim that adds to its start.
    private const string PythonVariable = "BENCHMARK_PYTHON";

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly string[] _candidates;
    private readonly string _versionArgument;
    private readonly Func<string, string[]>? _compile;
    private Task? _preparation;
    private string? _program;

    /// <param name="name">The language, which is also its folder's name in small letters if it is compiled.</param>
    /// <param name="versionArgument">What makes it tell its version.</param>
    /// <param name="compile">The compiler's arguments, run in the folder, for the program's path; null: it is not compiled.</param>
    /// <param name="candidates">Programs to try.</param>
    private PeerRuntime(string name, string versionArgument, Func<string, string[]>? compile, params string?[] candidates)
    {
        Name = name;
        _versionArgument = versionArgument;
        _compile = compile;
        _candidates = [.. candidates.OfType<string>()];
    }

    internal static PeerRuntime Python { get; } =
        new("CPython", "--version", null, Environment.GetEnvironmentVariable(PythonVariable), "/usr/bin/python3", "python3");

    internal static PeerRuntime Node { get; } = new("Node", "--version", null, "node");

    internal static PeerRuntime Go { get; } = new("Go", "version", static program => ["build", "-o", program, "."], "go");

    internal static PeerRuntime C { get; } = new("C", "--version", static program => ["-O2", "-o", program, "pingpong.c"], "cc", "gcc");

    internal static IReadOnlyList<PeerRuntime> All { get; } = [Python, Node, Go, C];

    internal string Name { get; }

    /// <summary>What the runtime says of itself; null before <see cref="PrepareAsync"/>, or if it is not installed.</summary>
    internal string? Version { get; private set; }

    /// <summary>Why its programs cannot be run; null: they can.</summary>
    internal string? WhyNot { get; private set; }

    /// <summary>Looks for the runtime and compiles its programs if it is a compiler, once.</summary>
    internal Task PrepareAsync() => _preparation ??= PrepareOnceAsync();

    /// <summary>The command that runs a program of <c>benchmarks/peers</c>. After <see cref="PrepareAsync"/>.</summary>
    internal (string Program, string[] Arguments) Command(string script) =>
        _compile is not null ? (CompiledProgram(script), []) : (_program!, [Path.Combine(Repository.Peers, script)]);

    private static string CompiledProgram(string script) => Path.Combine(Repository.PeerBuild, script, "peer");

    private async Task PrepareOnceAsync()
    {
        foreach (string candidate in _candidates)
        {
            if (await VersionOfAsync(candidate) is not { } version) continue;
            _program = candidate;
            Version = version.Split('\n')[0];
            if (_compile is not null) await CompileAsync(_compile);
            return;
        }

        WhyNot = $"{Name} is not installed";
    }

    private async Task<string?> VersionOfAsync(string candidate)
    {
        try
        {
            var result = await ChildProcess.RunAsync(candidate, [_versionArgument], NoVariables, BuildLimit);
            return result.ExitCode == 0 ? result.Output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private async Task CompileAsync(Func<string, string[]> compile)
    {
        string source = Name.ToLowerInvariant();
        string program = CompiledProgram(source);
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        var result = await ChildProcess.RunAsync(_program!, compile(program), NoVariables, BuildLimit, Path.Combine(Repository.Peers, source));
        if (result.ExitCode != 0) WhyNot = $"{Name}'s programs do not compile: {result.ErrorTail}";
    }
}
