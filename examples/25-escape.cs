// An async method that goes on off its loop, where it runs beside the loop's own code; found and named.
#:project ../src/Braid/Braid.csproj
using System.Diagnostics.Tracing;
using Braid;

using var log = new Warnings();
int sold = 0; // Only the loop touches it, so it needs no lock. Or so it was meant.

EventLoop.Run(async cancellationToken =>
{
    await Task.WhenAll(SellAsync(), SellAsync(), SellBadlyAsync(), SellBadlyAsync());
    Console.WriteLine($"{sold} sold");
}, new LoopOptions { Name = "shop", FindEscapes = true });

async Task SellAsync()
{
    await Task.Delay(10); // Comes back to the loop.
    sold++;
}

async Task SellBadlyAsync()
{
    await Task.Delay(500).ConfigureAwait(false); // Goes on on the thread pool.
    Interlocked.Increment(ref sold); // Without this, two threads at once could count one.
}

sealed class Warnings : EventListener
{
    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == "Braid") EnableEvents(source, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs warning)
    {
        if (warning.EventName != "Escape") return;
        Console.WriteLine($"{warning.Payload![1]} has left the loop '{warning.Payload[0]}':\n{warning.Payload[2]}");
    }
}
