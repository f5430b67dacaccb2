using System.Text.Json;

namespace Braid.Tracing;

/// <summary>The Trace Event format, which Perfetto and chrome://tracing open: a process an executor, a thread a lane.</summary>
internal static class ChromeTrace
{
    // Bytes that may wait in memory before they go to the stream.
    private const int FlushBytes = 64 * 1024;

    internal static Task SaveAsync(string path, IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken) =>
        WholeFile.WriteAsync(path, (file, token) => WriteAsync(file, events, token), cancellationToken);

    internal static async Task WriteAsync(Stream stream, IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken)
    {
        var writer = new Utf8JsonWriter(stream);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("displayTimeUnit", "ms");
            writer.WriteStartArray("traceEvents");
            var process = 0;
            foreach (var executor in events.GroupBy(static e => e.Executor).OrderBy(static g => g.Min(static e => e.At)))
            {
                foreach (var write in Records(RunRecord.Read(executor), executor.Key ?? "", ++process))
                {
                    write(writer);
                    if (writer.BytesPending > FlushBytes) await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<Action<Utf8JsonWriter>> Records(RunRecord run, string executor, int process)
    {
        yield return writer => WriteName(writer, "process_name", process, 0, executor);

        // The format wants the complete events of a thread nested, never overlapping: a loop's lane becomes one thread for each of its rows.
        var threads = new Dictionary<(int Lane, int Row), int>();
        var rows = new Dictionary<int, LaneRows>();
        foreach (var span in run.Spans)
        {
            if (!rows.TryGetValue(span.Lane, out var lane)) rows[span.Lane] = lane = new LaneRows();
            var place = (span.Lane, lane.Place(span));
            if (!threads.TryGetValue(place, out var thread))
            {
                threads[place] = thread = threads.Count + 1;
                yield return writer => WriteName(writer, "thread_name", process, thread, ThreadName(place));
                yield return writer => WriteSortIndex(writer, process, thread, place);
            }

            yield return writer => WriteSpan(writer, span, process, thread);
        }

        foreach (var marker in run.Markers)
        {
            yield return writer => WriteMarker(writer, marker, process, threads.GetValueOrDefault((marker.Lane, 0)));
        }

        var curve = ProgressCurve.Of(run);
        for (var i = 0; i < curve.Times.Count; i++)
        {
            var (time, value) = (curve.Times[i], curve.Values[i]);
            yield return writer => WriteCounter(writer, process, time, value);
        }
    }

    private static string ThreadName((int Lane, int Row) place)
    {
        var lane = place.Lane == ItemSpan.NeverStarted ? "never started" : $"lane {HtmlBody.Number(place.Lane)}";
        return place.Row == 0 ? lane : $"{lane}, row {HtmlBody.Number(place.Row + 1)}";
    }

    private static void WriteName(Utf8JsonWriter writer, string kind, int process, int thread, string name)
    {
        Open(writer, "M", kind, process, thread);
        writer.WriteStartObject("args");
        writer.WriteString("name", name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSortIndex(Utf8JsonWriter writer, int process, int thread, (int Lane, int Row) place)
    {
        Open(writer, "M", "thread_sort_index", process, thread);
        writer.WriteStartObject("args");
        writer.WriteNumber("sort_index", place.Lane == ItemSpan.NeverStarted ? int.MaxValue : (place.Lane * 10_000L) + place.Row);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSpan(Utf8JsonWriter writer, in ItemSpan span, int process, int thread)
    {
        Open(writer, "X", span.Name, process, thread);
        writer.WriteString("cat", "item");
        writer.WriteNumber("ts", span.Start.TotalMicroseconds);
        writer.WriteNumber("dur", span.Length.TotalMicroseconds);
        writer.WriteStartObject("args");
        writer.WriteNumber("item", span.ItemId);
        writer.WriteString("status", span.Status.ToString());
        if (span.Argument is { } argument) writer.WriteString("argument", argument);
        if (span.Error is { } error) writer.WriteString("error", error);
        if (span.Queued is { } queued) writer.WriteNumber("queued", queued.TotalMicroseconds);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteMarker(Utf8JsonWriter writer, in TraceEvent marker, int process, int thread)
    {
        Open(writer, "i", marker.Phase.ToString(), process, thread);
        writer.WriteString("cat", "worker");
        // Shown across its thread, or across the executor when its lane never had an item.
        writer.WriteString("s", thread == 0 ? "p" : "t");
        writer.WriteNumber("ts", marker.At.TotalMicroseconds);
        writer.WriteStartObject("args");
        writer.WriteString("worker", marker.Name);
        if (marker.Detail is { } detail) writer.WriteString("detail", detail);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCounter(Utf8JsonWriter writer, int process, TimeSpan time, double inProgress)
    {
        Open(writer, "C", "items in progress", process, 0);
        writer.WriteNumber("ts", time.TotalMicroseconds);
        writer.WriteStartObject("args");
        writer.WriteNumber("items", Math.Round(inProgress, 2));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter writer, string phase, string name, int process, int thread)
    {
        writer.WriteStartObject();
        writer.WriteString("ph", phase);
        writer.WriteString("name", name);
        writer.WriteNumber("pid", process);
        writer.WriteNumber("tid", thread);
    }
}
