using System.Text.Json;

namespace Braid.Tracing;

/// <summary>
/// Writes a timeline the way report.data.js reads it: columns of whole numbers, times in µs since the origin, rising ones as differences.
/// </summary>
internal static class TimelineJson
{
    internal static void Write(Utf8JsonWriter writer, ReportTimeline timeline)
    {
        var summary = TimelineSummary.Of(timeline.Events);
        var origin = timeline.Origin ?? summary.Run.Start;
        var texts = new ReportTexts();

        writer.WriteStartObject();
        writer.WriteString("label", timeline.Label);
        writer.WriteBoolean("winner", timeline.IsWinner);
        writer.WriteBoolean("exact", summary.IsExact);
        WriteNumbers(writer, summary, origin);
        WriteLanes(writer, summary);
        WriteSpans(writer, summary, origin, texts);
        WriteMarkers(writer, summary, origin, texts);
        WriteCurve(writer, summary.Curve, origin);
        writer.WriteStartArray("texts");
        foreach (var text in texts.All) writer.WriteStringValue(text);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, TimelineSummary summary, TimeSpan origin)
    {
        var run = summary.Run;
        writer.WriteNumber("start", Microseconds(run.Start - origin));
        writer.WriteNumber("end", Microseconds(run.End - origin));
        writer.WriteNumber("items", run.ItemCount);
        writer.WriteNumber("failed", run.CountOf(SpanStatus.Failed));
        writer.WriteNumber("cancelled", run.CountOf(SpanStatus.Cancelled));
        writer.WriteNumber("unfinished", run.CountOf(SpanStatus.Unfinished));
        writer.WriteNumber("bins", summary.BinCount);
    }

    private static void WriteLanes(Utf8JsonWriter writer, TimelineSummary summary)
    {
        writer.WriteStartArray("lanes");
        foreach (var lane in summary.Lanes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("lane", lane.Number);
            writer.WriteString("name", ReportTexts.Cut(lane.Name, 80));
            writer.WriteNumber("items", lane.SpanCount);
            writer.WriteNumber("depth", lane.Depth);
            writer.WriteNumber("busy", Permille(lane.BusyShare));
            if (lane.Density is { } density)
            {
                // In hundredths of the lane's depth: a bar's height needs no more.
                WriteColumn(writer, "load", density.Load().Select(load => (long)Math.Round(100 * load / Math.Max(1, lane.Depth))));
                WriteColumn(writer, "started", density.Started.Select(static count => (long)count));
                WriteSparse(writer, "failures", density.Failed);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSpans(Utf8JsonWriter writer, TimelineSummary summary, TimeSpan origin, ReportTexts texts)
    {
        var spans = summary.Spans;
        writer.WriteStartObject("spans");
        WriteColumn(writer, "lane", spans.Select(static s => (long)s.LaneIndex));
        WriteColumn(writer, "row", spans.Select(static s => (long)s.Row));
        WriteColumn(writer, "start", Differences(spans.Select(s => Microseconds(s.Span.Start - origin))));
        WriteColumn(writer, "length", spans.Select(static s => Microseconds(s.Span.Length)));
        WriteColumn(writer, "wait", spans.Select(static s => s.Span.Queued is { } queued ? Microseconds(s.Span.Start - queued) : -1));
        WriteColumn(writer, "status", spans.Select(static s => (long)s.Span.Status));
        WriteColumn(writer, "item", Differences(spans.Select(static s => s.Span.ItemId)));
        WriteColumn(writer, "name", spans.Select(s => (long)texts.IndexOf(s.Span.Name)));
        WriteColumn(writer, "argument", spans.Select(s => (long)texts.IndexOf(s.Span.Argument)));
        WriteColumn(writer, "error", spans.Select(s => (long)texts.IndexOf(s.Span.Error)));
        writer.WriteEndObject();
    }

    private static void WriteMarkers(Utf8JsonWriter writer, TimelineSummary summary, TimeSpan origin, ReportTexts texts)
    {
        writer.WriteStartArray("markers");
        foreach (var (traceEvent, laneIndex) in summary.Markers)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", traceEvent.Phase.ToString());
            writer.WriteNumber("lane", laneIndex);
            writer.WriteNumber("at", Microseconds(traceEvent.At - origin));
            writer.WriteNumber("name", texts.IndexOf(traceEvent.Name));
            writer.WriteNumber("detail", texts.IndexOf(traceEvent.Detail));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCurve(Utf8JsonWriter writer, ProgressCurve curve, TimeSpan origin)
    {
        writer.WriteStartObject("curve");
        writer.WriteNumber("peak", curve.Peak);
        WriteColumn(writer, "time", Differences(curve.Times.Select(time => Microseconds(time - origin))));
        WriteColumn(writer, "hundredths", curve.Values.Select(static value => (long)Math.Round(value * 100)));
        writer.WriteEndObject();
    }

    private static void WriteColumn(Utf8JsonWriter writer, string name, IEnumerable<long> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    // Failures are rare: place, number, place, number.
    private static void WriteSparse(Utf8JsonWriter writer, string name, int[] counts) =>
        WriteColumn(writer, name, counts.Index().Where(static c => c.Item > 0).SelectMany(static c => new long[] { c.Index, c.Item }));

    private static IEnumerable<long> Differences(IEnumerable<long> values)
    {
        var last = 0L;
        foreach (var value in values)
        {
            yield return value - last;
            last = value;
        }
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long Permille(double share) => (long)Math.Round(1_000 * share);
}
