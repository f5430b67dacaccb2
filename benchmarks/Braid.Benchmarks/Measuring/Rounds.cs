using System.Diagnostics;
using System.Text.Json;

namespace Braid.Benchmarks.Measuring;

/// <summary>
/// The rounds of one measurement: the first ones, a second at least, warm the JIT compiler up, the others are counted. Every program,
/// ours and the peers', goes by the same three numbers, which the session gives it.
/// </summary>
internal sealed class Rounds(int items, int warmups, int counted)
{
    /// <summary>The name of the figure that a table's columns show; all others stand beside it.</summary>
    internal const string MainFigure = "value";

    // .NET's JIT compiles code that is hot only after a tenth of a second without new methods; a few rounds of a few milliseconds are no warm-up.
    private static readonly TimeSpan ShortestWarmup = TimeSpan.FromSeconds(1);

    // Under the session's limit for a measurement, so that the program is ended by who started it.
    private static readonly TimeSpan LongestRounds = TimeSpan.FromSeconds(100);

    private readonly Dictionary<string, List<double>> _figures = [];

    /// <summary>The size of one round.</summary>
    internal int Items => items;

    /// <summary>Runs the rounds and records items per second. Each has to return <paramref name="expected"/>: a fast wrong answer is no answer.</summary>
    internal Task RateAsync(Func<Task<long>> roundAsync, long expected) =>
        RepeatAsync(async () => [new(MainFigure, items / await TimeAsync(roundAsync, expected))]);

    /// <summary>Runs the rounds and records how many GB went through a second. A round returns whether it all arrived as it should.</summary>
    internal Task BandwidthAsync(long bytes, Func<Task<bool>> roundAsync) => RepeatAsync(async () =>
    {
        long start = Stopwatch.GetTimestamp();
        bool isRight = await roundAsync();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!isRight) throw new InvalidOperationException("A round gave back other bytes than it should have.");
        return [new(MainFigure, bytes / seconds / 1e9)];
    });

    /// <summary>Runs the rounds one call at a time and records a call's median and 99th percentile, in microseconds.</summary>
    internal Task LatencyAsync(Func<int, ValueTask<int>> callAsync) => RepeatAsync(async () =>
    {
        double[] microseconds = new double[items];
        for (int i = 0; i < items; i++)
        {
            long start = Stopwatch.GetTimestamp();
            int result = await callAsync(i);
            microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (result != i + 1) throw new InvalidOperationException($"The call with {i} gave {result}.");
        }

        Array.Sort(microseconds);
        return [new(MainFigure, microseconds[items / 2]), new("p99", microseconds[items * 99 / 100])];
    });

    /// <summary>
    /// Runs the rounds of many calls at a time and records calls per second, a call's 99th percentile, and the server's processor time
    /// for one. A round returns how long each call took, in microseconds.
    /// </summary>
    internal Task RateAndLatencyAsync(Func<Task<double[]>> roundAsync, Func<TimeSpan> serverTime) => RepeatAsync(async () =>
    {
        var serverBefore = serverTime();
        long start = Stopwatch.GetTimestamp();
        double[] microseconds = await roundAsync();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double serverMicroseconds = (serverTime() - serverBefore).TotalMicroseconds;
        Array.Sort(microseconds);
        return
        [
            new(MainFigure, microseconds.Length / seconds),
            new("p99", microseconds[microseconds.Length * 99 / 100]),
            new("server µs", serverMicroseconds / microseconds.Length),
        ];
    });

    /// <summary>Runs the rounds: the plain loop, then the same work on two workers; records how many times as fast the latter was.</summary>
    internal Task SpeedUpAsync(Func<long> plainLoop, Func<Task<long>> onTwoWorkersAsync) => RepeatAsync(async () =>
    {
        long start = Stopwatch.GetTimestamp();
        long expected = plainLoop();
        double plain = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        long result = await onTwoWorkersAsync();
        double onTwo = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (result != expected) throw new InvalidOperationException($"Two workers gave {result}, the plain loop {expected}.");
        return [new(MainFigure, plain / onTwo), new("plain loop s", plain), new("2 workers s", onTwo)];
    });

    /// <summary>Runs the rounds and records which share of the workers' time was used. A round returns the seconds that were.</summary>
    internal Task ShareAsync(int workers, Func<Task<double>> roundAsync) => RepeatAsync(async () =>
    {
        long start = Stopwatch.GetTimestamp();
        double busy = await roundAsync();
        return [new(MainFigure, busy / workers / Stopwatch.GetElapsedTime(start).TotalSeconds)];
    });

    /// <summary>Records the milliseconds since the session started this process.</summary>
    internal void SinceStart()
    {
        long startedAt = long.Parse(Environment.GetEnvironmentVariable(ChildProcess.StartedAtVariable) ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        Record(new KeyValuePair<string, double>(MainFigure, (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds - startedAt));
    }

    /// <summary>Records a figure beside the main one.</summary>
    internal void Beside(string name, double value) => Record(new KeyValuePair<string, double>(name, value));

    /// <summary>The line that every measuring program prints.</summary>
    internal string ToJson() => JsonSerializer.Serialize(_figures);

    /// <summary>Runs the rounds and records the seconds of one. Each has to return <paramref name="expected"/>.</summary>
    internal Task SecondsAsync(Func<Task<long>> roundAsync, long expected) =>
        RepeatAsync(async () => [new(MainFigure, await TimeAsync(roundAsync, expected))]);

    /// <summary>Lets another program run the rounds, and takes its line for the figures.</summary>
    internal async Task RunAsync(Command command, IReadOnlyDictionary<string, string> environment)
    {
        command = command.With($"{items}", $"{warmups}", $"{counted}");
        var result = await ChildProcess.RunAsync(command.Program, command.Arguments, environment, LongestRounds);
        result.ThrowIfSkipped();
        if (result.ExitCode != 0) throw new InvalidOperationException($"'{command.Program}' ended with exit code {result.ExitCode}: {result.ErrorTail}");
        foreach (var (name, values) in JsonSerializer.Deserialize<Dictionary<string, double[]>>(result.Output)!)
            foreach (double value in values) Beside(name, value);
    }

    /// <summary>Runs the rounds, each of which returns its figures.</summary>
    internal async Task RepeatAsync(Func<Task<KeyValuePair<string, double>[]>> roundAsync)
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < warmups || (warmups > 0 && Stopwatch.GetElapsedTime(start) < ShortestWarmup); round++) await roundAsync();
        for (int round = 0; round < counted; round++) Record(await roundAsync());
    }

    // A fast wrong answer is no answer.
    private static async Task<double> TimeAsync(Func<Task<long>> roundAsync, long expected)
    {
        long start = Stopwatch.GetTimestamp();
        long result = await roundAsync();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return result == expected ? seconds : throw new InvalidOperationException($"A round gave {result} instead of {expected}.");
    }

    private void Record(params KeyValuePair<string, double>[] figures)
    {
        foreach (var (name, value) in figures)
        {
            if (!_figures.TryGetValue(name, out var values)) _figures[name] = values = [];
            values.Add(value);
        }
    }
}
