using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks;

/// <summary>One row of a table: one way to do a benchmark's work.</summary>
internal sealed record Entrant
{
    private Entrant(string name) => Name = name;

    /// <summary>Its name in the table and on the command line.</summary>
    public string Name { get; }

    /// <summary>Ours, to which the others are compared.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>The work, run in a child process of this program; null: a program in another language does it.</summary>
    public Func<Rounds, Task>? Workload { get; private init; }

    /// <summary>What runs the peer's program; null: this program does.</summary>
    public PeerRuntime? Runtime { get; private init; }

    /// <summary>The peer's program, relative to <c>benchmarks/peers</c>.</summary>
    public string Script { get; private init; } = "";

    /// <summary>Which of the program's variants.</summary>
    public string Variant { get; private init; } = "";

    /// <summary>Environment variables of the child process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A size of its own, for peers so slow that the benchmark's would take minutes; rates and speed-ups stay comparable.</summary>
    public int? Items { get; init; }

    /// <summary>Warm-up rounds of its own, for the same reason.</summary>
    public int? Warmups { get; init; }

    /// <summary>Counted rounds of its own, for the same reason.</summary>
    public int? Counted { get; init; }

    internal static Entrant Ours(string name, Func<Rounds, Task> workload) => new($"Braid {name}") { IsOurs = true, Workload = workload };

    internal static Entrant DotNet(string name, Func<Rounds, Task> workload) => new($".NET {name}") { Workload = workload };

    internal static Entrant Python(string name, string script, string variant) =>
        new($"CPython {name}") { Runtime = PeerRuntime.Python, Script = $"python/{script}.py", Variant = variant };

    internal static Entrant Node(string name, string script, string variant) =>
        new($"Node {name}") { Runtime = PeerRuntime.Node, Script = $"node/{script}.js", Variant = variant };

    internal static Entrant C(string name, string script, string variant) =>
        new($"C {name}") { Runtime = PeerRuntime.C, Script = $"c/{script}", Variant = variant };

    internal static Entrant Go(string name, string variant) =>
        new($"Go {name}") { Runtime = PeerRuntime.Go, Script = PeerRuntime.GoProgram, Variant = variant };

    internal static Entrant Rust(string name, string variant) =>
        new($"Rust {name}") { Runtime = PeerRuntime.Rust, Script = PeerRuntime.RustProgram, Variant = variant };

    /// <summary>A peer in whatever language that needs another program beside it; this program starts both.</summary>
    internal static Entrant Peer(string name, Func<Rounds, Task> workload) => new(name) { Workload = workload };
}
