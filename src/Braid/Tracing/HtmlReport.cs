namespace Braid.Tracing;

internal static class HtmlReport
{
    internal static Task SaveAsync(string path, IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();
}
