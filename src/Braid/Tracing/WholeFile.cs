namespace Braid.Tracing;

/// <summary>Writes a file that is there whole or not at all: to a file beside it first, which then takes its name.</summary>
internal static class WholeFile
{
    internal static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var unfinished = $"{Path.GetFullPath(path)}.{Path.GetRandomFileName()}";
        try
        {
            var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 64 * 1024, useAsync: true);
            await using (file.ConfigureAwait(false)) await write(file, cancellationToken).ConfigureAwait(false);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            // In a folder that is not there nothing was begun, and deleting it would hide the first error behind a second.
            if (File.Exists(unfinished)) File.Delete(unfinished);
            throw;
        }
    }
}
