using System.Text.Json;
using Braid.Tracing;
using Xunit;

namespace Braid.Tests.Tracing;

public sealed class ChromeTraceTests
{
    [Fact]
    public async Task Every_item_is_one_complete_event()
    {
        using var trace = await TraceOf([.. Events.Many(5_000, 2), .. Events.Many(10, 1, "loop")]);

        var complete = OfPhase(trace, "X").ToList();

        Assert.Equal(5_010, complete.Count);
        Assert.Equal(5, complete.Count(e => e.GetProperty("args").GetProperty("status").GetString() == "Failed"));
        Assert.Equal("argument number 0", complete[0].GetProperty("args").GetProperty("argument").GetString());
        Assert.Equal(9, complete[0].GetProperty("dur").GetDouble());
    }

    [Fact]
    public async Task Executors_are_processes_and_lanes_are_threads()
    {
        using var trace = await TraceOf([.. Events.Many(10, 2), .. Events.Many(10, 1, "loop")]);

        var names = OfPhase(trace, "M").Where(e => e.GetProperty("name").GetString() != "thread_sort_index")
            .Select(e => $"{e.GetProperty("name").GetString()} {e.GetProperty("args").GetProperty("name").GetString()}");

        Assert.Equal(["process_name threads", "thread_name lane 0", "thread_name lane 1", "process_name loop", "thread_name lane 0"], names);
    }

    [Fact]
    public async Task Items_that_overlap_on_a_lane_never_share_a_thread()
    {
        using var trace = await TraceOf([.. Events.Item(1, 0, 0, 0, 10), .. Events.Item(2, 0, 0, 5, 15), .. Events.Item(3, 0, 0, 10, 20)]);

        Assert.Equal([1, 2, 1], OfPhase(trace, "X").Select(e => e.GetProperty("tid").GetInt32()));
    }

    [Fact]
    public async Task Workers_are_instants_and_items_in_progress_a_counter()
    {
        using var trace = await TraceOf([Events.At(0, TracePhase.WorkerStarted, 0, 0), .. Events.Item(1, 0, 0, 1, 4), Events.At(5, TracePhase.WorkerLost, 0, 0, "exit code 3")]);

        Assert.Equal(["WorkerStarted", "WorkerLost"], OfPhase(trace, "i").Select(e => e.GetProperty("name").GetString()));
        Assert.Equal([1.0, 0.0], OfPhase(trace, "C").Select(e => e.GetProperty("args").GetProperty("items").GetDouble()));
    }

    [Fact]
    public async Task No_events_are_an_empty_trace()
    {
        using var trace = await TraceOf([]);

        Assert.Equal(0, trace.RootElement.GetProperty("traceEvents").GetArrayLength());
    }

    private static IEnumerable<JsonElement> OfPhase(JsonDocument trace, string phase) =>
        trace.RootElement.GetProperty("traceEvents").EnumerateArray().Where(e => e.GetProperty("ph").GetString() == phase);

    private static async Task<JsonDocument> TraceOf(IReadOnlyList<TraceEvent> events)
    {
        using var stream = new MemoryStream();
        await ChromeTrace.WriteAsync(stream, events, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(stream.ToArray());
    }
}
