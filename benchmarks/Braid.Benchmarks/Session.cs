using Braid.Benchmarks.Measuring;
using Braid.Benchmarks.Reporting;

namespace Braid.Benchmarks;

/// <summary>Runs benchmarks, each entrant in turns with its peers, and tells what came out.</summary>
internal sealed class Session(SessionOptions options)
{
    internal async Task<int> RunAsync()
    {
        var chosen = Catalog.All.Where(IsWanted).ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync($"No benchmark's name contains {string.Join(" or ", options.Filters)}. There are: {string.Join(", ", Catalog.All.Select(known => known.Name))}.");
            return 1;
        }

        if (options.IsList)
        {
            List(chosen);
            return 0;
        }

        var machine = await Machine.DescribeAsync();
        foreach (var runtime in PeerRuntime.All) await runtime.PrepareAsync();
        await using var output = new ReportWriter(OutputFile(machine));
        await output.WriteAsync(SessionHeader.Markdown(machine, options));
        bool hasFailed = false;
        foreach (var benchmark in chosen)
        {
            var rows = await new Contest(benchmark, options).RunAsync();
            await output.WriteAsync(ResultTable.Markdown(benchmark, rows));
            hasFailed |= rows.Any(row => row.Failure is not null);
        }

        return hasFailed ? 1 : 0;
    }

    private bool IsWanted(Benchmark benchmark) =>
        options.Filters.Count == 0 || options.Filters.Any(filter => benchmark.Name.Contains(filter, StringComparison.OrdinalIgnoreCase));

    private static void List(IEnumerable<Benchmark> benchmarks)
    {
        foreach (var benchmark in benchmarks)
        {
            Console.WriteLine($"{benchmark.Name}: {benchmark.Description}");
            foreach (var entrant in benchmark.Entrants) Console.WriteLine($"    {entrant.Name}");
        }
    }

    private string? OutputFile(Machine machine)
    {
        if (options.Output is not null) return options.Output;
        return options.IsFull ? Path.Combine(Repository.Results, $"{machine.Date:yyyy-MM-dd}-{machine.Commit}.md") : null;
    }
}
