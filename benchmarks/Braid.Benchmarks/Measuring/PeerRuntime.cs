namespace Braid.Benchmarks.Measuring;

/// <summary>A language's runtime: whether it is installed, which version, and how it runs a peer's program.</summary>
internal sealed class PeerRuntime
{
    // For the interpreter to measure against; the system's own is usually the fastest built one, and no shim that adds to its start.
    private const string PythonVariable = "BENCHMARK_PYTHON";

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);
    private static readonly Dictionary<string, string> NoVariables = [];

    /// <summary>All of Go's variants are one program, and so are Rust's.</summary>
    internal const string GoProgram = "go/peer";

    /// <inheritdoc cref="GoProgram"/>
    internal const string RustProgram = "rust/release/peer";

    private readonly string[] _candidates;
    private readonly string _versionArgument;
    private readonly Compiler? _compiler;
    private Task? _preparation;
    private string? _program;

    /// <param name="name">The language, which is also its folder's name in small letters if it is compiled.</param>
    /// <param name="versionArgument">What makes it tell its version.</param>
    /// <param name="compiler">How its programs are made; null: it is not compiled.</param>
    /// <param name="candidates">Programs to try.</param>
    private PeerRuntime(string name, string versionArgument, Compiler? compiler, params string?[] candidates)
    {
        Name = name;
        _versionArgument = versionArgument;
        _compiler = compiler;
        _candidates = [.. candidates.OfType<string>()];
    }

    internal static PeerRuntime Python { get; } =
        new("CPython", "--version", null, Environment.GetEnvironmentVariable(PythonVariable), "/usr/bin/python3", "python3");

    internal static PeerRuntime Node { get; } = new("Node", "--version", null, "node");

    internal static PeerRuntime Go { get; } = new("Go", "version", new([GoProgram], static program => ["build", "-o", program, "."]), "go");

    internal static PeerRuntime C { get; } = new(
        "C",
        "--version",
        new(["c/pingpong", "c/echo", "c/load", "c/primes", "c/timers"], static program => ["-O2", "-o", program, Path.GetFileName(program) + ".c"]),
        "cc",
        "gcc");

    // Not from a registry: tokio is the system's package, which peers/rust/.cargo/config.toml points to.
    internal static PeerRuntime Rust { get; } = new(
        "Rust",
        "--version",
        new([RustProgram], static _ => ["build", "--release", "--quiet", "--offline", "--target-dir", Path.Combine(Repository.PeerBuild, "rust")]),
        "cargo");

    internal static IReadOnlyList<PeerRuntime> All { get; } = [Python, Node, Go, C, Rust];

    internal string Name { get; }

    /// <summary>What the runtime says of itself; null before <see cref="PrepareAsync"/>, or if it is not installed.</summary>
    internal string? Version { get; private set; }

    /// <summary>Why its programs cannot be run; null: they can.</summary>
    internal string? WhyNot { get; private set; }

    /// <summary>Looks for the runtime and compiles its programs if it is a compiler, once.</summary>
    internal Task PrepareAsync() => _preparation ??= PrepareOnceAsync();

    /// <summary>The command that runs a program of <c>benchmarks/peers</c>. After <see cref="PrepareAsync"/>.</summary>
    internal Command Command(string script) =>
        _compiler is not null ? new(Path.Combine(Repository.PeerBuild, script), []) : new(_program!, [Path.Combine(Repository.Peers, script)]);

    /// <summary>The same for a measurement that starts a peer's program itself; skips it if that cannot be.</summary>
    internal async Task<Command> RequireAsync(string script)
    {
        await PrepareAsync();
        return WhyNot is null ? Command(script) : throw new SkipException(WhyNot);
    }

    private async Task PrepareOnceAsync()
    {
        foreach (string candidate in _candidates)
        {
            if (await VersionOfAsync(candidate) is not { } version) continue;
            _program = candidate;
            Version = version.Split('\n')[0];
            if (_compiler is not null) await CompileAsync(_compiler);
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

    private async Task CompileAsync(Compiler compiler)
    {
        string folder = Path.Combine(Repository.Peers, Name.ToLowerInvariant());
        foreach (string program in compiler.Programs.Select(script => Path.Combine(Repository.PeerBuild, script)))
        {
            if (IsUpToDate(program, folder)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(program)!);
            var result = await ChildProcess.RunAsync(_program!, compiler.Arguments(program), NoVariables, BuildLimit, folder);
            if (result.ExitCode != 0) WhyNot = $"{Name}'s programs do not compile: {result.ErrorTail}";
        }
    }

    // Measurements that start peers' programs prepare in their own process, after the session has.
    private static bool IsUpToDate(string program, string folder) =>
        File.Exists(program)
        && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).All(source => File.GetLastWriteTimeUtc(source) < File.GetLastWriteTimeUtc(program));

    /// <param name="Programs">Where its programs are below <see cref="Repository.PeerBuild"/>.</param>
    /// <param name="Arguments">The compiler's arguments, run in the language's folder, for a program's path.</param>
    private sealed record Compiler(IReadOnlyList<string> Programs, Func<string, string[]> Arguments);
}
