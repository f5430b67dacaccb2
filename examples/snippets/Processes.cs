using System.Diagnostics;
using System.Runtime.InteropServices;
using Braid;

public static class Processes
{
    public static async Task ReportAsync(IEnumerable<string> files)
    {
        await using var executor = new ProcessExecutor();
        await foreach (var item in executor.OutcomesAsync(files, Pictures.Measure, new() { MaxAttempts = 2 }))
        {
            if (item.Exception is WorkerLostException lost)
                Console.WriteLine($"{item.Arg}: {lost.Signal ?? $"exit code {lost.ExitCode}"}, {lost.PeakMemory / 1_000_000} MB, {lost.WorkersLost} workers");
        }

        Console.WriteLine($"workers lost: {executor.LostWorkers}, errors raised: {executor.RaisedErrors}");
    }

    public static async Task<long> SumAsync(IEnumerable<int> numbers)
    {
        await using var executor = new ProcessExecutor();
        long sum = 0;
        var nearby = new MapOptions { MaxConcurrency = 64 };
        await foreach (int square in executor.MapAsync(numbers, static n => n * n, nearby)) sum += square;
        return sum;
    }

    public static async Task PriceAsync(Dictionary<string, decimal> prices, IEnumerable<Order> orders)
    {
        await using var executor = new ProcessExecutor();
        var table = Constant.Of(prices); // A dictionary, say.
        await foreach (var total in executor.MapAsync(orders.Select(order => (table, order)), Orders.Price)) Console.WriteLine(total);
    }

    public static async Task DebugAsync()
    {
        await using var executor = new ProcessExecutor(new ProcessOptions { Workers = 1, Initializer = WaitForDebugger });
        Console.WriteLine(await executor.RunAsync(Pictures.Measure, "large.png"));
    }

    private static void WaitForDebugger()
    {
        Console.WriteLine($"Attach to process {Environment.ProcessId}.");
        while (!Debugger.IsAttached) Thread.Sleep(100);
    }
}

public sealed record Order(string Item, int Count);

public static class Orders
{
    public static decimal Price((Constant<Dictionary<string, decimal>> Prices, Order Order) item) => item.Prices.Value[item.Order.Item] * item.Order.Count;
}

public static class Pictures
{
    public static long Measure(string path)
    {
        string copy = path + ".tmp";
        using var atTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ =>
        {
            File.Delete(copy);
            Environment.Exit(0);
        });
        File.Copy(path, copy);
        long length = new FileInfo(copy).Length;
        File.Delete(copy);
        return length;
    }
}

public static class SingleFile
{
    public static async Task Main()
    {
        ProcessWorker.RunIfWorker(); // In a worker this does not return.

        await using var executor = new ProcessExecutor();
        Console.WriteLine(await executor.RunAsync(Pictures.Measure, "large.png"));
    }
}
