using Braid.Tracing;

namespace Braid.Cli.Output;

/// <summary>Checks, before minutes of measuring, that a result can be written where the user wants it.</summary>
internal static class OutputFile
{
    internal static void CheckWritable(string option, string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new InputException($"{option} has no name of a file. Write it after the option, or leave the option away.");
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full)) throw new InputException($"{option} {path} is a folder. Give the name of a file in it.");
        var folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) throw new InputException($"{option} {path}: the folder {folder} does not exist. Make it, or give another path.");
        try
        {
            // The page is written to a file beside it that then takes its name, so it is the folder that has to be writable.
            if (WholeFile.IsDevice(full)) return;
            var trial = Path.Combine(folder, Path.GetRandomFileName());
            File.Create(trial, 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(full)) File.OpenWrite(full).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"{option} {path} cannot be written: the folder {folder} takes no new file, or the file is not ours to change "
                + $"({exception.GetType().Name}). Give another path.", exception);
        }
    }

    /// <summary>The report and the trace must not take the place of each other, or of what they are made from.</summary>
    internal static void CheckApart((string Name, string? Path)[] outputs, params (string Name, string? Path)[] inputs)
    {
        (string Name, string? Path)[] named = [.. outputs.Concat(inputs).Where(static file => !string.IsNullOrEmpty(file.Path))];
        for (int i = 0; i < named.Length; i++)
        {
            var (name, path) = named[i];
            string full = Path.GetFullPath(path!);
            if (!outputs.Contains(named[i]) || WholeFile.IsDevice(full)) continue;
            foreach (var other in named[(i + 1)..])
            {
                if (Path.GetFullPath(other.Path!) == full) throw new InputException($"{name} {path} is also {other.Name}, which it would overwrite. Give another path.");
            }
        }
    }
}
