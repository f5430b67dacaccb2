// What happens when work fails: at its place, as a value, again, or too late.
#:project ../src/Braid/Braid.csproj
using System.Collections.Concurrent;
using Braid;

await using var executor = new ThreadExecutor();

// MapAsync gives the results before the failure, then the work's own exception at its place.
Console.WriteLine("MapAsync");
try
{
    await foreach (int half in executor.MapAsync([2, 4, 5, 6], Half)) Console.WriteLine($"  {half}");
}
catch (ArgumentException exception)
{
    Console.WriteLine($"  {exception.Message}");
}

// OutcomesAsync never stops: every item's end is a value.
Console.WriteLine("OutcomesAsync");
await foreach (var item in executor.OutcomesAsync([2, 5, 6], Half))
    Console.WriteLine($"  {item.Arg} -> {(item.Succeeded ? item.Result : item.Exception!.Message)}");

// MaxAttempts tries again. It is 1 unless you say that the work may run twice.
Console.WriteLine("MaxAttempts");
var attempts = new ConcurrentDictionary<string, int>();
await foreach (var item in executor.OutcomesAsync(["steady", "shaky", "broken"], Fetch, new MapOptions { MaxAttempts = 3 }))
    Console.WriteLine($"  {item.Arg}: {(item.Succeeded ? item.Result : item.Exception!.Message)}, attempts: {item.Attempts}");

// ItemTimeout counts from when a worker begins the item. The token asks the work to stop.
Console.WriteLine("ItemTimeout");
var limit = new MapOptions { ItemTimeout = TimeSpan.FromMilliseconds(100) };
await foreach (var item in executor.OutcomesAsync(["quick", "endless"], AnswerAsync, limit))
    Console.WriteLine($"  {item.Arg}: {(item.Succeeded ? item.Result : item.Exception!.GetType().Name)}");

static int Half(int n) => n % 2 == 0 ? n / 2 : throw new ArgumentException($"{n} is odd");

string Fetch(string name)
{
    int attempt = attempts.AddOrUpdate(name, 1, (_, before) => before + 1);
    return name == "broken" || (name == "shaky" && attempt < 3) ? throw new IOException("no answer") : "fetched";
}

static async Task<string> AnswerAsync(string name, CancellationToken cancellationToken)
{
    if (name == "endless") await Task.Delay(Timeout.Infinite, cancellationToken);
    return "answered";
}
