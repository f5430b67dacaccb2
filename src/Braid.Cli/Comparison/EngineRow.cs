namespace Braid.Cli.Comparison;

/// <summary>One engine's row of the table: medians over its turns.</summary>
internal sealed record EngineRow(EngineKind Engine)
{
    /// <summary>Why there are no numbers; null: there are.</summary>
    internal string? CannotRun { get; init; }

    internal int Concurrency { get; init; }

    internal int Turns { get; init; }

    internal TimeSpan Wall { get; init; }

    internal TimeSpan ShortestWall { get; init; }

    internal TimeSpan LongestWall { get; init; }

    internal double ItemsPerSecond { get; init; }

    /// <summary>The inline run's wall time divided by this one's; null if inline was not measured.</summary>
    internal double? Speedup { get; init; }

    internal TimeSpan CpuTime { get; init; }

    /// <summary>Time in line for a processor: the machine was busy with something else.</summary>
    internal TimeSpan ProcessorWait { get; init; }

    /// <summary>Cores in use on average: processor time of the process tree divided by wall time.</summary>
    internal double CpuUse => Wall > TimeSpan.Zero ? CpuTime / Wall : 0;

    /// <summary>The same; null for a run so short that it would mostly be what the measuring itself has used.</summary>
    internal double? TrustedCpuUse => Wall < VerdictRule.TrustedFrom ? null : CpuUse;

    internal long PeakBytes { get; init; }

    internal long? TransferredBytes { get; init; }

    internal TimeSpan ItemP50 { get; init; }

    internal TimeSpan ItemP99 { get; init; }

    internal TimeSpan StartUp { get; init; }

    /// <summary>Mean of an item, from given to the executor until a worker began it.</summary>
    internal TimeSpan Waiting { get; init; }

    /// <summary>Mean of an item, argument and result written and read; null for engines that pass references.</summary>
    internal TimeSpan? Encoding { get; init; }

    /// <summary>Mean of an item, from begun until ended.</summary>
    internal TimeSpan Running { get; init; }

    internal int FailedItems { get; init; }

    internal bool IsMeasured => CannotRun is null && Turns > 0;

    internal static EngineRow Of(EngineRecord record, TimeSpan? inlineWall, EncodingCost? encoding)
    {
        if (record.CannotRun is not null) return new EngineRow(record.Engine) { CannotRun = record.CannotRun };
        if (record.Turns.Count == 0) return new EngineRow(record.Engine) { CannotRun = "not measured: the run was interrupted before" };

        var turns = record.Turns;
        var wall = Statistics.Median(turns.Select(static turn => turn.Wall));
        TimeSpan[] running = [.. turns.SelectMany(static turn => turn.Times.Running)];
        return new EngineRow(record.Engine)
        {
            Concurrency = turns[^1].Concurrency,
            Turns = turns.Count,
            Wall = wall,
            ShortestWall = turns.Min(static turn => turn.Wall),
            LongestWall = turns.Max(static turn => turn.Wall),
            ItemsPerSecond = turns[^1].Ends.Count / Math.Max(wall.TotalSeconds, 1e-9),
            Speedup = inlineWall / wall,
            CpuTime = Statistics.Median(turns.Select(static turn => turn.Use.CpuTime)),
            ProcessorWait = Statistics.Median(turns.Select(static turn => turn.Use.ProcessorWait)),
            PeakBytes = turns.Max(static turn => turn.Use.PeakBytes),
            TransferredBytes = turns[0].Use.TransferredBytes,
            ItemP50 = Statistics.Percentile(running, 0.50),
            ItemP99 = Statistics.Percentile(running, 0.99),
            StartUp = Statistics.Median(turns.Select(static turn => turn.StartUp)),
            Waiting = Statistics.Mean([.. turns.SelectMany(static turn => turn.Times.Waiting)]),
            Encoding = record.Engine == EngineKind.Processes ? encoding?.PerItem : null,
            Running = Statistics.Mean(running),
            FailedItems = turns[^1].Ends.Count(static end => end.Exception is not null),
        };
    }
}
