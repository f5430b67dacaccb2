namespace Braid.Tracing;

internal static class ChromeTrace
{
    internal static Task SaveAsync(string path, IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();
}
