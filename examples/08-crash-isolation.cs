// A worker process may die. The item that it ran fails, with the exit code and the last words; the others never notice.
#:project ../src/Braid/Braid.csproj
using Braid;

await using var executor = new ProcessExecutor(new ProcessOptions { Workers = 2 });

await foreach (var item in executor.OutcomesAsync(Enumerable.Range(1, 6), Careless))
{
    Console.WriteLine(item.Exception switch
    {
        null => $"{item.Arg}: {item.Result}",
        WorkerLostException lost => $"{item.Arg}: its worker is gone, and said '{lost.StandardError.Trim().Split('\n')[0]}'",
        var exception => $"{item.Arg}: {exception.Message}",
    });
}

static string Careless(int number)
{
    if (number == 3)
    {
        Console.Error.WriteLine("goodbye");
        Environment.Exit(7); // A segmentation fault, a stack overflow or kill -9 ends the same way.
    }

    return "fine";
}
