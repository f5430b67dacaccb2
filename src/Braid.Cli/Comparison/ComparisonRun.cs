using System.Globalization;
using Braid.Cli.Arguments;
using Braid.Cli.WorkLoader;
using Braid.Wire;

namespace Braid.Cli.Comparison;

/// <summary>Runs the same items on every engine, in turns, and says what was found.</summary>
internal sealed class ComparisonRun
{
    // With items longer than this a warm-up of one item an engine costs more than the compiler's start does.
    private static readonly TimeSpan LongestWarmUpItem = TimeSpan.FromSeconds(1);

    private readonly LoadedWork _work;
    private readonly ItemBatch _items;
    private readonly ComparisonSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly Action<RunProgress> _progress;
    private readonly EngineRun _run;
    private readonly List<EngineRecord> _records;
    private EngineKind _running;
    private bool _isWarmUpAffordable;
    private int _turns;

    internal ComparisonRun(LoadedWork work, ItemBatch items, ComparisonSettings settings, TimeProvider timeProvider, Action<RunProgress> progress)
    {
        _work = work;
        _items = items;
        _settings = settings;
        _timeProvider = timeProvider;
        _progress = progress;
        _run = new EngineRun(items, timeProvider);
        _records = [.. settings.Engines.Select(static engine => new EngineRecord(engine))];
    }

    private EngineRecord Inline => _records[0];

    /// <summary>Runs the turns. Cancelled, it gives what was measured until then, soon also if the work does not heed its token.</summary>
    internal async Task<WorkComparison> RunAsync(CancellationToken cancellationToken)
    {
        // Not on this thread: work that blocks would hold it, and with it the interruption.
        var turns = Task.Run(() => RunTurnsAsync(cancellationToken), CancellationToken.None);
        try
        {
            await turns.WaitAsync(cancellationToken);
            return Summarize(wasInterrupted: false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAny(turns, Task.Delay(_settings.StopLimit, _timeProvider, CancellationToken.None));
            return Summarize(wasInterrupted: true) with { StillRunning = turns.IsCompleted ? null : _running };
        }
    }

    private async Task RunTurnsAsync(CancellationToken cancellationToken)
    {
        _isWarmUpAffordable = await ProbeAsync(cancellationToken) <= LongestWarmUpItem;
        var start = _timeProvider.GetTimestamp();
        while (TurnPlan.GoesOn(_turns, _settings.Turns, _timeProvider.GetElapsedTime(start)))
        {
            foreach (var engine in TurnPlan.Order(_turns, _settings.Engines))
            {
                var record = _records.Single(record => record.Engine == engine);
                if (record.CannotRun is null) await RunEngineAsync(record, cancellationToken);
            }

            _turns++;
        }
    }

    /// <summary>How long the first item takes, tried where it can do no harm if there is such a place.</summary>
    private async Task<TimeSpan> ProbeAsync(CancellationToken cancellationToken)
    {
        if (_settings.Engines.Contains(EngineKind.Processes) && _work.WhyNotPortable is null)
        {
            _progress(new RunProgress(_work.Name, 0, EngineKind.Processes, 0, 1));
            try
            {
                var (end, time) = await _run.ProbeAsync(EngineKind.Processes, cancellationToken);
                if (NoteLosses([end])) return TimeSpan.MaxValue;
                if (time > TimeSpan.Zero) return time;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Workers cannot be started, or refuse the work: their row will say why.
            }
        }

        _progress(new RunProgress(_work.Name, 0, EngineKind.Inline, 0, 1));
        return (await _run.ProbeAsync(EngineKind.Inline, cancellationToken)).Time;
    }

    /// <summary>True if an item has ended its worker process. Then the engines of this process are not tried.</summary>
    private bool NoteLosses(IReadOnlyList<ItemEnd> ends)
    {
        for (var index = 0; index < ends.Count; index++)
        {
            if (ends[index].Exception is not WorkerLostException { WorkersLost: > 0 } loss) continue;
            var how = loss.Signal ?? string.Create(CultureInfo.InvariantCulture, $"exit code {loss.ExitCode}");
            foreach (var record in _records.Where(static record => record.Engine != EngineKind.Processes))
                record.CannotRun ??= $"not run, for item {index + 1} ({_items.ArgumentText(index)}) ended its worker process ({how}) and would end this one";
            return true;
        }

        return false;
    }

    private async Task RunEngineAsync(EngineRecord record, CancellationToken cancellationToken)
    {
        if (record.Engine == EngineKind.Processes && _work.WhyNotPortable is { } reason)
        {
            record.CannotRun = reason;
            return;
        }

        _running = record.Engine;
        var concurrency = ConcurrencyRule.Choose(record.Engine, _settings.Concurrency, _items.Count, _settings.Cores, InlineWaits());
        try
        {
            var turn = await _run.RunAsync(record.Engine, concurrency, WarmUpConcurrency(record.Engine, concurrency), ReportTo(record.Engine), cancellationToken);

            // Whoever did not wait for the end of what was interrupted reads the records now.
            cancellationToken.ThrowIfCancellationRequested();
            record.Add(turn);
            record.CannotRun = RefusalOf(turn);
            if (record.Engine == EngineKind.Processes) NoteLosses(turn.Ends);
            CompareResults(record);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Refused by the engine: a row that says why, and the others go on.
            record.CannotRun = exception.Message;
        }
    }

    // Processes are first at first, when there is nothing yet to compare with.
    private void CompareResults(EngineRecord record)
    {
        if (Inline.Turns.Count == 0) return;
        foreach (var compared in record == Inline && _turns == 0 ? _records : [record]) compared.CompareWith(Inline.Turns[0].Ends);
    }

    // The loop takes all items at once, also those that it then runs one after the other; a warm-up must be able to end.
    private int WarmUpConcurrency(EngineKind engine, int concurrency) =>
        !_isWarmUpAffordable ? 0 : engine == EngineKind.Loop && !_work.IsAsync ? 1 : concurrency;

    private Action<int> ReportTo(EngineKind engine)
    {
        _progress(new RunProgress(_work.Name, _turns + 1, engine, 0, _items.Count));
        return ended => _progress(new RunProgress(_work.Name, _turns + 1, engine, ended, _items.Count));
    }

    private bool InlineWaits() => Inline.Turns.Count > 0 && Inline.Turns[0] is var turn
        && VerdictRule.WaitShare(turn.Wall, turn.Use.CpuTime, turn.Use.ProcessorWait) > VerdictRule.WaitingFrom;

    private static string? RefusalOf(Turn turn) =>
        turn.Ends.Count > 0 && turn.Ends.All(static end => end.Exception is WorkNotPortableException) ? turn.Ends[0].Exception!.Message : null;

    private WorkComparison Summarize(bool wasInterrupted)
    {
        var inline = Inline.Turns.Count > 0 ? Inline.Turns : null;
        var expected = inline?[^1].Ends ?? [];
        var encoding = _settings.Engines.Contains(EngineKind.Processes) ? _items.MeasureEncoding(expected, _timeProvider) : null;
        TimeSpan? inlineWall = inline is null ? null : Statistics.Median(inline.Select(static turn => turn.Wall));
        EngineRow[] rows = [.. _records.Select(record => EngineRow.Of(record, inlineWall, encoding))];
        var sample = expected.Select(static (end, index) => (end, index)).Where(static item => item.end.Exception is null).Take(1).ToArray();
        return new WorkComparison
        {
            Work = _work.Name,
            Items = _items.Count,
            IsAsync = _work.IsAsync,
            Turns = _turns,
            WasInterrupted = wasInterrupted,
            Rows = rows,
            Differences = [.. _records.Select(static record => record.Difference).OfType<Difference>()],
            Incomparable = sample.Length > 0 && sample[0].end.Result is { } result && !ResultWriter.IsWhole(result) ? TypeName.Of(result.GetType()) : null,
            Failures = Failure.Collect(_items, _records),
            Encoding = encoding,
            Verdict = Judge(rows),
            Sample = sample.Length == 0 ? null : (_items.ArgumentText(sample[0].index), ResultWriter.WriteShort(sample[0].end.Result)),
            Timelines =
            [
                .. _records.Where(static record => record.CannotRun is null && record.Turns.Count > 0)
                    .Select(static record => (record.Engine, record.Turns[^1].Events)),
            ],
            ArgumentText = _items.ArgumentText,
        };
    }

    // Items that all fail say nothing about where they should run.
    private Verdict? Judge(EngineRow[] rows) => rows[0].IsMeasured && rows[0].FailedItems < _items.Count
        ? VerdictRule.Judge(new VerdictFacts(_work.Name, _items.Count, _work.IsAsync, _settings.Cores, rows))
        : null;
}
