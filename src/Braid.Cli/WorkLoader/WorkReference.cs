namespace Braid.Cli.WorkLoader;

/// <summary>Where the code of a work comes from.</summary>
internal enum WorkSource
{
    BuiltIn,
    FileProgram,
    Library,
    Project,
}

/// <summary>What the user wrote as WORK, taken apart: a built-in name, or a file and the method in it.</summary>
/// <param name="Text">As written.</param>
/// <param name="Source">What the file is.</param>
/// <param name="File">Full path; empty for a built-in work.</param>
/// <param name="Method">The built-in name, or "Method", "Type.Method", "Namespace.Type.Method".</param>
internal sealed record WorkReference(string Text, WorkSource Source, string File, string Method)
{
    private const string Forms = "Write file.cs:Method, file.cs:Type.Method, file.dll:Namespace.Type.Method, project.csproj:Namespace.Type.Method, or a built-in name";

    internal static WorkReference Parse(string text, IReadOnlyList<string> builtInNames)
    {
        if (builtInNames.Contains(text)) return new WorkReference(text, WorkSource.BuiltIn, "", text);

        if (text.StartsWith('-')) throw new InputException($"There is no option '{text}'. See braid compare --help.");

        var file = FileIn(text);
        var method = file == text ? "" : text[(file.Length + 1)..];
        if (SourceOf(file) is not { } source) throw Unknown(text, file, builtInNames);
        if (!System.IO.File.Exists(file)) throw new InputException($"{file}: there is no such file. {NearFiles(file)}");
        if (method.Length == 0) throw new InputException($"{text} names no method. {Forms} ({string.Join(", ", builtInNames)}).");
        return new WorkReference(text, source, Path.GetFullPath(file), method);
    }

    /// <summary>The file in a work as it is written; a built-in name as it is. Up to the last colon: a path on Windows begins with a drive's.</summary>
    internal static string FileIn(string text) => text.LastIndexOf(':') is >= 0 and var colon ? text[..colon] : text;

    private static WorkSource? SourceOf(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".CS" => WorkSource.FileProgram,
        ".DLL" or ".EXE" => WorkSource.Library,
        ".CSPROJ" or ".FSPROJ" or ".VBPROJ" => WorkSource.Project,
        _ => null,
    };

    private static InputException Unknown(string text, string file, IReadOnlyList<string> builtInNames)
    {
        var names = string.Join(", ", builtInNames);
        if (file != text) return new InputException($"'{file}' in '{text}' is not a .cs, .dll or .csproj file. {Forms} ({names}).");
        var near = NearNames.Of(text, builtInNames);
        return new InputException(near.Count > 0
            ? $"There is no built-in work '{text}'. Did you mean {near[0]}? The built-in works: {names}."
            : $"'{text}' is neither a built-in work ({names}) nor a file. {Forms}.");
    }

    private static string NearFiles(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        if (!Directory.Exists(folder)) return $"The folder {folder} does not exist either.";
        var others = Directory.EnumerateFiles(folder, $"*{Path.GetExtension(file)}").Select(path => Path.GetFileName(path)).ToList();
        var near = NearNames.Of(Path.GetFileName(file), others);
        return near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : "Check the path; it is taken from the current folder.";
    }
}
