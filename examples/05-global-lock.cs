// What CPython's threads run under: one lock, held while computing, let go while blocked. C# has no such lock; here it is an option,
// for libraries that are not thread-safe and for showing what it costs.
#:project ../src/Braid/Braid.csproj
using Braid;

var globalLock = new GlobalLock();
await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 4, GlobalLock = globalLock });

// Four threads add to one variable. Without the lock additions would be lost; with it one item computes at a time.
int sum = 0;
await executor.ForEachAsync(Enumerable.Range(0, 4), _ =>
{
    for (int i = 0; i < 250_000; i++) sum++;
});
Console.WriteLine($"computing, one at a time: {sum}");

// Release lets go of the lock around a blocking call. All four must be at the barrier at once to pass it, so they are.
using var barrier = new Barrier(4);
var met = await executor.MapAsync(Enumerable.Range(1, 4), number =>
{
    using (globalLock.Release()) barrier.SignalAndWait();
    return number;
}).ToListAsync();
Console.WriteLine($"blocked, all at once: {string.Join(' ', met)}");
