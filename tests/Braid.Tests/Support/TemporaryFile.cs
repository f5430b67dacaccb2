namespace Braid.Tests.Support;

/// <summary>The path of a file of the test's own, removed at its end.</summary>
public sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"braid-test-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}
