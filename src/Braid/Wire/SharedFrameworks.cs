using System.Reflection;
using System.Runtime.InteropServices;

namespace Braid.Wire;

/// <summary>
/// The shared frameworks of this .NET installation besides its own, ASP.NET Core for example. Work that refers to one may run in a program that
/// does not: what a framework has lies neither beside the work nor in the program.
/// </summary>
internal static class SharedFrameworks
{
    // shared/Microsoft.NETCore.App/10.0.1/ → shared. A program that brings its own runtime has none.
    private static readonly Lazy<List<string>> Folders = new(static () => FoldersIn(Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", ".."))));

    /// <summary>The file of an assembly; null: no framework has it.</summary>
    internal static string? Find(AssemblyName name) =>
        Folders.Value.Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists);

    /// <summary>Of each framework the folder of the version that goes with this runtime: the same major version, the newest of these.</summary>
    internal static List<string> FoldersIn(string shared)
    {
        if (Path.GetFileName(shared) != "shared" || !Directory.Exists(shared)) return [];
        return [.. Directory.EnumerateDirectories(shared).Order(StringComparer.Ordinal)
            .Select(static framework => Directory.EnumerateDirectories(framework).Where(IsOfThisMajor).MaxBy(VersionOf)).OfType<string>()];
    }

    private static bool IsOfThisMajor(string folder) => VersionOf(folder).Major == Environment.Version.Major;

    // Without what makes it a preview; "0.0" for a name that is none.
    private static Version VersionOf(string folder) =>
        Version.TryParse(Path.GetFileName(folder).Split('-')[0], out var version) ? version : new Version(0, 0);
}
