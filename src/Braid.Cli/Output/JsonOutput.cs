using System.Text.Encodings.Web;
using System.Text.Json;
using Braid.Cli.Comparison;

namespace Braid.Cli.Output;

/// <summary>Everything in the table as one JSON document: times in seconds, sizes in bytes, shares from 0 to 1.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(RunFacts run, IReadOnlyList<WorkComparison> comparisons)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteRun(json, run);
            json.WriteStartArray("works");
            foreach (var comparison in comparisons) WriteWork(json, comparison);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteRun(Utf8JsonWriter json, RunFacts run)
    {
        json.WriteString("braidVersion", run.Version);
        json.WriteString("at", run.At);
        json.WriteStartObject("machine");
        json.WriteNumber("cores", run.Cores);
        json.WriteString("operatingSystem", run.OperatingSystem);
        json.WriteString("runtime", run.Runtime);
        json.WriteEndObject();
        json.WriteBoolean("interrupted", run.WasInterrupted);
        json.WriteString("report", run.Report);
    }

    private static void WriteWork(Utf8JsonWriter json, WorkComparison comparison)
    {
        json.WriteStartObject();
        json.WriteString("work", comparison.Work);
        json.WriteNumber("items", comparison.Items);
        json.WriteNumber("turns", comparison.Turns);
        json.WriteBoolean("isAsync", comparison.IsAsync);
        json.WriteBoolean("interrupted", comparison.WasInterrupted);
        WriteSample(json, comparison);
        json.WriteStartArray("engines");
        foreach (var row in comparison.Rows) WriteRow(json, row);
        json.WriteEndArray();
        WriteEncoding(json, comparison.Encoding);
        WriteVerdict(json, comparison.Verdict);
        if (comparison.AreResultsEqual is { } areEqual) json.WriteBoolean("resultsAreEqual", areEqual);
        else json.WriteNull("resultsAreEqual");
        WriteProblems(json, comparison);
        json.WriteEndObject();
    }

    private static void WriteSample(Utf8JsonWriter json, WorkComparison comparison)
    {
        if (comparison.Sample is not { } sample)
        {
            json.WriteNull("sample");
            return;
        }

        json.WriteStartObject("sample");
        json.WriteString("argument", sample.Argument);
        json.WriteString("result", sample.Result);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, EngineRow row)
    {
        json.WriteStartObject();
        json.WriteString("engine", row.Engine.Key());
        json.WriteString("cannotRun", row.CannotRun);
        if (row.IsMeasured)
        {
            json.WriteNumber("concurrency", row.Concurrency);
            json.WriteNumber("turns", row.Turns);
            WriteSeconds(json, "wallSeconds", row.Wall);
            WriteSeconds(json, "shortestWallSeconds", row.ShortestWall);
            WriteSeconds(json, "longestWallSeconds", row.LongestWall);
            json.WriteNumber("itemsPerSecond", Math.Round(row.ItemsPerSecond, 3));
            if (row.Speedup is { } speedup) json.WriteNumber("speedup", Math.Round(speedup, 4));
            else json.WriteNull("speedup");
            WriteSeconds(json, "cpuSeconds", row.CpuTime);
            WriteSeconds(json, "processorWaitSeconds", row.ProcessorWait);
            json.WriteNumber("coresUsed", Math.Round(row.CpuUse, 4));
            json.WriteNumber("peakMemoryBytes", row.PeakBytes);
            WriteSeconds(json, "itemP50Seconds", row.ItemP50);
            WriteSeconds(json, "itemP99Seconds", row.ItemP99);
            WriteSeconds(json, "startUpSeconds", row.StartUp);
            WriteSeconds(json, "itemWaitingSeconds", row.Waiting);
            WriteSeconds(json, "itemEncodingSeconds", row.Encoding);
            WriteSeconds(json, "itemRunningSeconds", row.Running);
            json.WriteNumber("failedItems", row.FailedItems);
        }

        json.WriteEndObject();
    }

    private static void WriteEncoding(Utf8JsonWriter json, EncodingCost? encoding)
    {
        if (encoding is not { } cost) return;
        json.WriteStartObject("encoding");
        WriteSeconds(json, "itemSeconds", cost.PerItem);
        json.WriteNumber("argumentBytes", Math.Round(cost.ArgumentBytes, 1));
        json.WriteNumber("resultBytes", Math.Round(cost.ResultBytes, 1));
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Verdict? verdict)
    {
        if (verdict is null)
        {
            json.WriteNull("verdict");
            return;
        }

        json.WriteStartObject("verdict");
        json.WriteString("kind", verdict.Kind switch { WorkKind.CpuBound => "cpuBound", WorkKind.FastIo => "fastIo", _ => "slowIo" });
        json.WriteNumber("waitShare", Math.Round(verdict.WaitShare, 4));
        json.WriteString("rule", verdict.Rule.Key());
        json.WriteString("winner", verdict.Winner?.Key());
        if (verdict.Agrees is { } agrees) json.WriteBoolean("agrees", agrees);
        else json.WriteNull("agrees");
        json.WriteBoolean("trusted", verdict.IsTrusted);
        json.WriteString("text", verdict.Paragraph);
        json.WriteEndObject();
    }

    private static void WriteProblems(Utf8JsonWriter json, WorkComparison comparison)
    {
        json.WriteStartArray("differences");
        foreach (var difference in comparison.Differences)
        {
            json.WriteStartObject();
            json.WriteNumber("item", difference.Index);
            json.WriteString("argument", comparison.ArgumentText(difference.Index));
            json.WriteString("engine", difference.Engine.Key());
            json.WriteString("inlineResult", difference.Expected);
            json.WriteString("result", difference.Actual);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("failures");
        foreach (var failure in comparison.Failures)
        {
            json.WriteStartObject();
            json.WriteNumber("item", failure.Index);
            json.WriteString("argument", failure.Argument);
            json.WriteString("error", failure.Error);
            json.WriteStartArray("engines");
            foreach (var engine in failure.Engines) json.WriteStringValue(engine.Key());
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } value) json.WriteNumber(name, Math.Round(value.TotalSeconds, 9));
        else json.WriteNull(name);
    }
}
