// The first classic: three threads that each sleep for a random while.
#:project ../src/Braid/Braid.csproj
using Braid;

var random = new Random(1); // A fixed seed, so that every run naps alike.
await using var executor = new ThreadExecutor(new ThreadOptions { Threads = 3 });

await foreach (string line in executor.MapAsync(["first", "second", "third"], Nap)) Console.WriteLine(line);

string Nap(string name)
{
    int milliseconds;
    lock (random) milliseconds = random.Next(10, 50); // Threads share variables, and without a global lock they need a lock of your own.
    Thread.Sleep(milliseconds);
    return $"{DateTime.Now:HH:mm:ss} {name} has slept";
}
