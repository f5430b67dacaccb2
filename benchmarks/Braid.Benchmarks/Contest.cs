using System.Diagnostics;
using System.Text.Json;
using Braid.Benchmarks.Measuring;
using Braid.Benchmarks.Reporting;

namespace Braid.Benchmarks;

/// <summary>One benchmark: all its entrants in turns, round after round, so that the machine's moods meet them all alike.</summary>
internal sealed class Contest(Benchmark benchmark, SessionOptions options)
{
    private const int QuickDivisor = 10;

    // A measurement during which others took more than a tenth of a core is made again, and the least disturbed one is kept.
    private const int MostAttempts = 3;

    private static readonly TimeSpan MeasurementLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan QuietPatience = TimeSpan.FromSeconds(20);

    // For waiting and repeating in all of one benchmark's rounds. On a machine that is never quiet the session would last for hours otherwise.
    private static readonly TimeSpan WholePatience = TimeSpan.FromMinutes(3);

    private TimeSpan _patience = options.IsQuick ? TimeSpan.Zero : WholePatience;

    internal async Task<IReadOnlyList<ResultRow>> RunAsync()
    {
        var rows = benchmark.Entrants.Select(entrant => new ResultRow(entrant)).ToList();
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (var row in rows.Where(row => row.Skipped is null && row.Failure is null))
            {
                await Console.Error.WriteAsync($"{benchmark.Name} {round + 1}/{options.Rounds} {row.Entrant.Name} … ");
                await MeasureAsync(row);
                await Console.Error.WriteLineAsync(row.Skipped ?? row.Failure ?? Format.Number(row.Values[^1]));
            }
        }

        return rows;
    }

    private async Task MeasureAsync(ResultRow row)
    {
        if (row.Entrant.Runtime?.WhyNot is { } reason)
        {
            row.Skipped = reason;
            return;
        }

        Figures? best = null;
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            await CpuLoad.WaitForQuietAsync(_patience < QuietPatience ? _patience : QuietPatience);
            if (attempt == 0) _patience -= Stopwatch.GetElapsedTime(start);
            if (await MeasureOnceAsync(row) is not { } figures) return;
            if (attempt > 0) _patience -= Stopwatch.GetElapsedTime(start);
            if (best is null || figures.Others < best.Others) best = figures;
            if (best.Others < CpuLoad.Quiet || _patience <= TimeSpan.Zero) break;
        }

        row.Add(best!);
    }

    private async Task<Figures?> MeasureOnceAsync(ResultRow row)
    {
        var (program, arguments) = CommandOf(row.Entrant);
        var load = CpuLoad.Begin();
        var result = await ChildProcess.RunAsync(program, arguments, row.Entrant.Environment, MeasurementLimit);
        double others = load.Others();
        string? line = result.Output.Split('\n').LastOrDefault(text => text.StartsWith('{'));
        if (result.ExitCode == SkipException.ExitCode) row.Skipped = result.LastError;
        else if (result.ExitCode != 0 || line is null) row.Failure = $"exit code {result.ExitCode}: {result.ErrorTail}";
        else return new(JsonSerializer.Deserialize<Dictionary<string, double[]>>(line)!, others);
        return null;
    }

    private Command CommandOf(Entrant entrant)
    {
        int items = entrant.Items ?? benchmark.Items;
        if (options.IsQuick) items = Math.Max(1, items / QuickDivisor);
        string[] sizes = [$"{items}", $"{entrant.Warmups ?? benchmark.Warmups}", $"{entrant.Counted ?? benchmark.Counted}"];
        return entrant.Runtime is { } runtime
            ? runtime.Command(entrant.Script).With([entrant.Variant, .. sizes])
            : Command.Own(["case", benchmark.Name, entrant.Name, .. sizes]);
    }
}

/// <summary>What one measurement printed, and the cores that other programs took meanwhile.</summary>
internal sealed record Figures(IReadOnlyDictionary<string, double[]> Values, double Others);
