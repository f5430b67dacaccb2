using System.Security.Cryptography;
using Braid.Cli.Arguments;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Works;

/// <summary>The built-in work of fast input and output: the files are in the page cache after the first turn, so nothing waits for a disk.</summary>
internal static class Files
{
    private const int MostFiles = 80;
    private const int Rounds = 3;

    // One large file that comes last would keep a single worker busy while the others have nothing left, on any engine.
    private const long LargestFile = 2_000_000;

    internal static StartedWork Start() => new(
        LoadedWork.Of(Work.Of<string, string>(Hash, "files")),
        [.. RuntimeFiles().Select(static path => new InputLine(path, "files"))]);

    /// <summary>The file's SHA-256 in hexadecimal digits.</summary>
    internal static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Files that are on every machine where this program runs: the runtime's own.</summary>
    private static IEnumerable<string> RuntimeFiles()
    {
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var files = new DirectoryInfo(string.IsNullOrEmpty(folder) ? AppContext.BaseDirectory : folder).EnumerateFiles()
            .Where(static file => file.Length <= LargestFile).OrderByDescending(static file => file.Length).Take(MostFiles)
            .Select(static file => file.FullName).Order(StringComparer.Ordinal).ToArray();
        return Enumerable.Repeat(files, Rounds).SelectMany(static round => round);
    }
}
