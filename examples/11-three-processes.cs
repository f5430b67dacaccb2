// The second classic: three processes. Nothing is shared; the argument is copied to the worker and the result back.
#:project ../src/Braid/Braid.csproj
using Braid;

await using var executor = new ProcessExecutor(new ProcessOptions { Workers = 3 });

await foreach (var (line, processId) in executor.MapAsync(["first", "second", "third"], Nap))
    Console.WriteLine($"{line}, in a process of its own: {processId != Environment.ProcessId}");

static Report Nap(string name)
{
    Thread.Sleep(new Random(name.Length).Next(10, 50)); // A fixed seed, so that every run naps alike.
    return new Report($"{DateTime.Now:HH:mm:ss} {name} has slept", Environment.ProcessId);
}

record Report(string Line, int ProcessId);
