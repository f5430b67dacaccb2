using System.Globalization;

namespace Braid.Benchmarks.Measuring;

/// <summary>The child's side: one entrant, a few rounds, one JSON line.</summary>
internal static class Measurement
{
    /// <summary>Arguments: NAME [ENTRANT [ITEMS [WARMUPS [COUNTED]]]].</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length == 0 || Catalog.Find(arguments[0]) is not { } benchmark)
            return await FailAsync($"'{arguments.FirstOrDefault()}' is no benchmark. There are: {string.Join(", ", Catalog.All.Select(known => known.Name))}.");

        var own = benchmark.Entrants.Where(entrant => entrant.Workload is not null);
        var chosen = arguments.Length > 1 ? own.FirstOrDefault(entrant => entrant.Name == arguments[1]) : own.First();
        if (chosen is null)
            return await FailAsync($"'{arguments[1]}' is none of {benchmark.Name}'s entrants on .NET: {string.Join(", ", own.Select(entrant => entrant.Name))}.");

        var rounds = new Rounds(
            NumberAt(2) ?? chosen.Items ?? benchmark.Items, NumberAt(3) ?? chosen.Warmups ?? benchmark.Warmups, NumberAt(4) ?? chosen.Counted ?? benchmark.Counted);
        try
        {
            await chosen.Workload!(rounds);
        }
        catch (SkipException skip)
        {
            await Console.Error.WriteLineAsync(skip.Message);
            return SkipException.ExitCode;
        }

        Console.WriteLine(rounds.ToJson());
        return 0;

        int? NumberAt(int position) => arguments.Length > position ? int.Parse(arguments[position], CultureInfo.InvariantCulture) : null;
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return 1;
    }
}
