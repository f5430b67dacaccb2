using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Items;

public sealed class RelativeLimitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task An_item_has_its_whole_limit_from_when_this_program_hears_of_it_and_the_median_is_of_the_workers_times()
    {
        var time = new ManualTime();
        await using var executor = new ItemCollector(time);
        using var stop = new CancellationTokenSource();
        var results = executor.MapAsync(Enumerable.Range(0, 12), Work.Of<int, int>(Works.AddOne), new() { ItemTimeoutFactor = 5 }, stop.Token).GetAsyncEnumerator();
        var first = results.MoveNextAsync().AsTask();
        var items = executor.Items;

        // Of each it is heard four seconds after it began, and in the end that it took one.
        for (int i = 0; i < 10; i++)
        {
            long began = time.GetTimestamp();
            time.Advance(4 * Second);
            items[i].MarkStarted(0, began);
            items[i].Complete(new byte[sizeof(int)], began + Second.Ticks);
        }

        Assert.True(await first);
        var slow = items[10];
        slow.MarkStarted(0, time.GetTimestamp() - (10 * Second.Ticks));
        time.Advance(4.9 * Second);
        Assert.False(slow.CancellationToken.IsCancellationRequested);
        time.Advance(0.2 * Second);
        Assert.True(slow.CancellationToken.IsCancellationRequested);
        Assert.Equal(5 * Second, slow.Timeout);

        await stop.CancelAsync();
        slow.Fail(new OperationCanceledException(stop.Token));
        items[11].CancelIfWaiting();
        await results.DisposeAsync().Bounded();
    }
}
