// What is alive on a loop; and a callback that holds it, reported while it does, with its stack.
#:project ../src/Braid/Braid.csproj
using System.Diagnostics.Tracing;
using Braid;

using var log = new Warnings();

EventLoop.Run(async cancellationToken =>
{
    Task[] naps = [NapAsync(), NapAsync()];
    foreach (LoopTask task in EventLoop.Current!.Tasks) Console.WriteLine($"{task.Name} waits for: {task.WaitsFor}");
    await HoldAsync();
    await Task.WhenAll(naps);
});

static async Task NapAsync() => await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(30));

static async Task HoldAsync()
{
    await EventLoop.Yield();
    Warnings.Told.Wait(); // Stands for any call that blocks. It ends with the report, to show that the report comes before the end.
}

sealed class Warnings : EventListener
{
    public static readonly ManualResetEventSlim Told = new();

    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == "Braid") EnableEvents(source, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs warning)
    {
        if (warning.EventName != "SlowCallback") return;
        Console.WriteLine($"{warning.Payload![1]} holds the loop");
        string stack = (string)warning.Payload[3]!;
        Console.WriteLine(string.Join('\n', stack.Split('\n').Where(frame => frame.Contains("Program")))); // And what waits inside .NET.
        Told.Set();
    }
}
