// The same call on every engine. The function captures nothing and its argument is its only input, so it does not matter where it runs.
#:project ../src/Braid/Braid.csproj
using Braid;

Executor[] executors = [new InlineExecutor(), new ThreadExecutor(), new ProcessExecutor(), new LoopExecutor()];

foreach (var executor in executors)
{
    await using (executor) // Disposing waits for what was accepted, then ends the threads, processes or loops.
    {
        var numbers = await executor.MapAsync([1, 2, 3, 4, 5], Fibonacci).ToListAsync();
        Console.WriteLine($"{executor.Name,-15} {string.Join(' ', numbers)}");
    }
}

static int Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
