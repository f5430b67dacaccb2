// Work that does not end is ended: by a limit of its own, by one relative to the others, by a deadline. Work that crashes again and again is set aside.
#:project ../src/Braid/Braid.csproj
using Braid;

var options = new ProcessOptions { Workers = 2, KillAfter = TimeSpan.FromMilliseconds(200) };
await using (var executor = new ProcessExecutor(options))
{
    // Endless loops and native code do not look at a token. Their worker is killed, and the others get on in a new one.
    Console.WriteLine("ItemTimeout");
    await Show(executor, ["quick", "loop", "quick"], new() { ItemTimeout = TimeSpan.FromMilliseconds(500) });

    // Nobody knows how long the work takes? Much longer than the others is too long.
    Console.WriteLine("ItemTimeoutFactor");
    await Show(executor, [.. Enumerable.Repeat("quick", 10), "sleep"], new() { ItemTimeoutFactor = 20, MaxConcurrency = 1 }, onlyFailures: true);

    // More attempts, but not more than two workers for one item.
    Console.WriteLine("MaxAttempts");
    await Show(executor, ["quick", "crash", "quick"], new() { MaxAttempts = 5 });
    Console.WriteLine($"  lost workers: {executor.LostWorkers}, raised errors: {executor.RaisedErrors}");
}

// Disposal waits for running items. With a deadline it stops what is left, and tells what that was.
Console.WriteLine("DisposeAsync with a deadline");
var impatient = new ProcessExecutor(options);
var sleeper = impatient.RunAsync(Answer, "sleep").AsTask();
var report = await impatient.DisposeAsync(TimeSpan.FromMilliseconds(500));
foreach (var item in report.Unfinished) Console.WriteLine($"  left: {item.Name} ({item.Argument})");
try
{
    await sleeper;
}
catch (OperationCanceledException)
{
    Console.WriteLine("  and cancelled");
}

static async Task Show(Executor executor, string[] names, MapOptions map, bool onlyFailures = false)
{
    await foreach (var item in executor.OutcomesAsync(names, Answer, map))
    {
        if (item.Succeeded && onlyFailures) continue;
        Console.WriteLine($"  {item.Index} {item.Arg}: " + item.Exception switch
        {
            null => item.Result,
            ItemTimeoutException { Factor: { } factor } => $"much slower than the others (limit: {factor} times the median)",
            ItemTimeoutException late => $"longer than {late.Timeout.TotalMilliseconds} ms",
            WorkerLostException lost => $"exit code {lost.ExitCode}, workers lost: {lost.WorkersLost}, attempts: {item.Attempts}",
            var exception => exception.Message,
        });
    }
}

static string Answer(string name)
{
    if (name == "loop") while (true) Thread.SpinWait(1000);
    if (name == "sleep") Thread.Sleep(Timeout.Infinite);
    if (name == "crash") Environment.Exit(3);
    Thread.Sleep(10);
    return "answered";
}
