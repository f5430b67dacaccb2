// A web server whose requests all run on one event loop: shared state without a lock, and the server's own client beside it.
#:project ../src/Braid.AspNetCore/Braid.AspNetCore.csproj
using System.Net;
using Braid;
using Braid.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

var visits = new Dictionary<string, int>(); // No lock: only the loop's thread touches it.
var threads = new HashSet<int>();

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
builder.Services.AddBraidTransport(new LoopTransportOptions { Loops = 1 });

await using var app = builder.Build();
app.MapGet("/{name}", async (string name) =>
{
    await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(5)); // A slow answer costs no thread.
    threads.Add(Environment.CurrentManagedThreadId);
    visits[name] = visits.GetValueOrDefault(name) + 1; // Between two awaits nobody comes in between.
    return $"{name}: {visits[name]}";
});
await app.StartAsync();

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.GetStringAsync(i % 2 == 0 ? "/left" : "/right")));
await app.StopAsync();

Console.WriteLine($"left {visits["left"]}, right {visits["right"]}, threads {threads.Count}");
