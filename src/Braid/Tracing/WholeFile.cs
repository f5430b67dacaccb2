namespace Braid.Tracing;

/// <summary>Writes a file that is there whole or not at all: to a file beside it first, which then takes its name.</summary>
internal static class WholeFile
{
    // Null, standard output, pipes of the shell's: nothing may take their place.
    private const string Devices = "/dev/";

    private const int BufferSize = 64 * 1024;

    internal static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        string whole = Path.GetFullPath(path);

        // What a link points to is replaced, and not the link.
        if (File.Exists(whole) && !IsDevice(whole) && File.ResolveLinkTarget(whole, returnFinalTarget: true) is { } target) whole = target.FullName;
        if (!Directory.Exists(Path.GetDirectoryName(whole))) throw new DirectoryNotFoundException($"'{whole}' cannot be written: its folder does not exist.");
        if (Directory.Exists(whole)) throw new IOException($"'{whole}' cannot be written: it is a folder.");
        bool isDevice = IsDevice(whole);
        string unfinished = $"{whole}.{Path.GetRandomFileName()}";
        try
        {
            var file = isDevice
                ? new FileStream(whole, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, BufferSize, useAsync: true)
                : new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, useAsync: true);
            await using (file.ConfigureAwait(false)) await write(file, cancellationToken).ConfigureAwait(false);
            if (!isDevice) File.Move(unfinished, whole, overwrite: true);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"'{whole}' cannot be written: this program may not make or replace files in its folder.", exception);
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    /// <summary>True for what is written to as it is.</summary>
    internal static bool IsDevice(string path) => !OperatingSystem.IsWindows() && path.StartsWith(Devices, StringComparison.Ordinal) && File.Exists(path);
}
