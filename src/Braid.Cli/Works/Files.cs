using System.Security.Cryptography;
using Braid.Cli.Arguments;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Works;

/// <summary>The built-in work of fast input and output: the files are in the page cache after the first turn, so nothing waits for a disk.</summary>
internal static class Files
{
    private const int MostFiles = 160;

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
        return Directory.EnumerateFiles(string.IsNullOrEmpty(folder) ? AppContext.BaseDirectory : folder).Order(StringComparer.Ordinal).Take(MostFiles);
    }
}
