namespace Braid.Benchmarks.Reporting;

/// <summary>Writes to standard output and, if there is one, to a file, table by table: a session that is broken off leaves what it had.</summary>
internal sealed class ReportWriter : IAsyncDisposable
{
    private readonly StreamWriter? _file;

    internal ReportWriter(string? file)
    {
        if (file is null) return;
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        _file = new StreamWriter(file);
    }

    internal async Task WriteAsync(string text)
    {
        await Console.Out.WriteAsync(text);
        if (_file is null) return;
        await _file.WriteAsync(text);
        await _file.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null) await _file.DisposeAsync();
    }
}
