namespace Braid.Benchmarks;

/// <summary>Where things are: this program runs from the repository it was built in.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Peers => Path.Combine(Root, "benchmarks", "peers");

    internal static string Results => Path.Combine(Root, "benchmarks", "results");

    /// <summary>What peers' compilers write, beside our own build output.</summary>
    internal static string PeerBuild => Path.Combine(Root, "artifacts", "benchmark-peers");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Braid.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"'{AppContext.BaseDirectory}' is not inside the repository (no Braid.slnx above it), so the peers' programs cannot be found.");
    }
}
