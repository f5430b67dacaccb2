using Braid.Cli.Arguments;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Works;

/// <summary>A work that comes with the tool, with items of its own.</summary>
/// <param name="Name">What the user writes.</param>
/// <param name="Description">What it does, for help and reports.</param>
/// <param name="Start">Makes it ready to run.</param>
internal sealed record BuiltInWork(string Name, string Description, Func<StartedWork> Start)
{
    /// <summary>One of each kind: computing, fast input and output, and waiting.</summary>
    internal static readonly IReadOnlyList<BuiltInWork> All =
    [
        new("primes", "counts primes below a number by trial division: computing and nothing else", Primes.Start),
        new("files", "hashes files of the .NET runtime: fast input and output, few at once", Files.Start),
        new("replies", "gets replies from a web server on this machine that takes 100 ms for each: waiting, many at once", Replies.Start),
    ];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(static work => work.Name)];

    internal static BuiltInWork Find(string name) => All.Single(work => work.Name == name);
}

/// <summary>A built-in work that is ready: the function, its items, and what runs beside it until it is disposed.</summary>
internal sealed record StartedWork(LoadedWork Work, IReadOnlyList<InputLine> Items) : IAsyncDisposable
{
    /// <summary>What the work needs while it runs, such as a server.</summary>
    internal IAsyncDisposable? Beside { get; init; }

    public ValueTask DisposeAsync() => Beside?.DisposeAsync() ?? default;
}
