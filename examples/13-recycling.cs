// A worker process is prepared before its first item, and replaced after its third: what it has leaked goes with it.
#:project ../src/Braid/Braid.csproj
using Braid;

await using var executor = new ProcessExecutor(new ProcessOptions
{
    Workers = 1,
    RecycleAfter = 3,
    Initializer = Table.Load,
    MemoryLimit = 2L * 1024 * 1024 * 1024, // Above this a worker is killed: the item that ran fails, the others go on.
    IdleTimeout = TimeSpan.FromMinutes(5), // A worker without work ends, and is started again when an item needs it.
    Niceness = 5,
});

var workers = new List<int>();
await foreach (var (item, call, worker) in executor.MapAsync(Enumerable.Range(1, 7), Table.Look))
{
    if (!workers.Contains(worker)) workers.Add(worker);
    Console.WriteLine($"item {item}: call {call} of worker process {workers.Count}, table loaded {(Table.IsLoaded ? "here" : "there")}");
}

static class Table
{
    private static int _calls;
    private static int[] _squares = [];

    // In this program it stays empty: each process has static fields of its own.
    public static bool IsLoaded => _squares.Length > 0;

    public static void Load() => _squares = [.. Enumerable.Range(0, 100).Select(n => n * n)];

    public static (int Item, int Call, int Worker) Look(int item)
    {
        if (_squares[item] != item * item) throw new InvalidOperationException("The table is not loaded.");
        return (item, ++_calls, Environment.ProcessId);
    }
}
