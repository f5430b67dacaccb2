using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessWarningTests : ProcessTest
{
    [Fact]
    public async Task Encoding_that_costs_more_than_the_work_is_told_once_as_an_event_and_in_the_log()
    {
        using var log = new Log();
        string name = Guid.NewGuid().ToString();
        var executor = Make(new() { Workers = 2, Name = name });
        var table = Enumerable.Range(0, 3_000).ToDictionary(i => i, i => $"number {i}");
        await executor.MapAsync(Enumerable.Repeat(table, 300), Count, new MapOptions { MaxConcurrency = 4 }).ToListAsync().Bounded();
        var told = Assert.Single(Timeline.Events, e => e.Phase == TracePhase.CostlyEncoding);
        Assert.Equal((0L, "Count", name), (told.ItemId, told.Name, told.Executor));
        Assert.Matches(@"^Encoding and decoding the arguments and results of work 'Count' takes about [\d.]+ [mµ]s per item, the work itself [\d.]+ [mµ]s\. Run it in this process, or send less", told.Detail);
        var warning = Assert.Single(log.Warnings, w => Equals(w.Payload![0], name));
        Assert.Equal(told.Detail, warning.Payload![3]);
    }

    [Fact]
    public async Task Work_that_takes_longer_than_encoding_is_not_told()
    {
        var executor = Make();
        await executor.MapAsync(Enumerable.Repeat(5, 100), Works.Sleep).ToListAsync().Bounded();
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.CostlyEncoding);
    }

    private static int Count(Dictionary<int, string> table) => table.Count;

    private sealed class Log : EventListener
    {
        public ConcurrentQueue<EventWrittenEventArgs> Warnings { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Braid") EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Warnings?.Enqueue(eventData);
    }
}
