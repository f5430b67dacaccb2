using System.Diagnostics;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessBlameTests : ProcessTest
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public Task A_segmentation_fault_in_native_code_is_told_by_name() => Crash(Crashes.FaultInNativeCode, 1, "SIGSEGV");

    [Fact]
    public Task A_write_through_a_bad_pointer_is_told_by_name() => Crash(Crashes.WriteThroughBadPointer, 1, "SIGABRT");

    [Fact]
    public Task FailFast_is_told_by_name() => Crash(Crashes.FailFast, 1, "SIGABRT");

    [Fact]
    public Task A_stack_overflow_is_told_by_name() => Crash(Crashes.Overflow, 1, "SIGABRT");

    [Fact]
    public Task Environment_Exit_is_told_with_its_code() => Crash(Crashes.Exit, 7, exitCode: 7);

    [Fact]
    public Task Environment_Exit_with_success_is_a_loss_too() => Crash(Crashes.Exit, 0, exitCode: 0);

    [Fact]
    public Task A_crash_while_the_argument_is_decoded_fails_that_item() => Crash(Crashes.TakeArgument, EndsWhenDecoded.Make(), exitCode: 21);

    [Fact]
    public Task A_crash_while_the_result_is_encoded_fails_that_item() => Crash(Crashes.GiveResult, 1, exitCode: 22);

    [Fact]
    public async Task Memory_that_runs_out_ends_the_worker_and_fails_that_item()
    {
        var error = await Crash(Crashes.TakeAllMemory, 1, exitCode: 71, variables: new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "0x6000000" });
        Assert.Contains("OutOfMemoryException", error.StandardError);
        Assert.Contains("Crashes.TakeAllMemory", error.StandardError);
    }

    [Fact]
    public async Task The_error_tells_of_item_process_signal_memory_and_last_words()
    {
        var executor = Make();
        using var file = new TemporaryFile();
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var outcomes = executor.OutcomesAsync([new MemoryCall(file.Path, (int)(100 * Megabyte))], Work.Of<MemoryCall, int>(Crashes.TakeMemoryAndWait)).ToListAsync();
        await Until(() => File.Exists(file.Path), "the work has taken its memory");
        await Until(() => PeakOf(executor) > 100 * Megabyte, "the parent has seen it");
        Crashes.Send(pid, Crashes.Kill);
        var error = Assert.IsType<WorkerLostException>(Assert.Single(await outcomes.Bounded()).Exception);
        Assert.Equal((pid, "SIGKILL", null, 0L, 1), (error.ProcessId, error.Signal, error.ExitCode, error.ItemIndex, error.WorkersLost));
        Assert.InRange(error.PeakMemory!.Value, 100 * Megabyte, 1000 * Megabyte);
        string[] lines = error.Message.Split(Environment.NewLine);
        Assert.StartsWith($"Worker 0 (process {pid}) ended while it ran 'Crashes.TakeMemoryAndWait' (MemoryCall", lines[0]);
        Assert.EndsWith("item 0 of its map: it was ended by SIGKILL (exit code 137).", lines[0]);
        Assert.Matches("^Its memory was at least [1-9][0-9][0-9]\\.[0-9] MiB at its peak.$", lines[1]);
    }

    [Fact]
    public async Task The_last_twenty_lines_of_standard_error_are_kept()
    {
        var error = await Crash(Crashes.Talk, 50, exitCode: 7);
        Assert.Equal(Enumerable.Range(31, 20).Select(i => $"line {i}."), error.StandardError.Split(Environment.NewLine));
        Assert.EndsWith(error.StandardError, error.Message);
        Assert.Null(error.ItemIndex);
    }

    [Fact]
    public async Task A_worker_killed_from_outside_is_told_by_name()
    {
        var executor = Make();
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var lost = Soon(Run(executor, Crashes.SleepForEver, 5));
        await UntilStarted(2);
        using (var worker = Process.GetProcessById(pid)) worker.Kill();
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => lost);
        Assert.Equal(("SIGKILL", null, pid), (error.Signal, error.ExitCode, error.ProcessId));
        Assert.True(error.PeakMemory > Megabyte);
    }

    [Fact]
    public async Task An_argument_whose_text_throws_does_not_keep_its_item_from_its_end()
    {
        var executor = Make(killAfter: TimeSpan.FromMilliseconds(50));
        var options = new MapOptions { ItemTimeout = TimeSpan.FromMilliseconds(100) };
        var outcomes = await executor.OutcomesAsync([new HostileText()], Work.Of<HostileText, int>(Crashes.Ask), options).ToListAsync().Bounded();
        Assert.Contains("its text cannot be made", Assert.IsType<ItemTimeoutException>(outcomes.Single().Exception).Message);
    }

    [Fact]
    public async Task Items_that_were_only_prefetched_run_elsewhere_once()
    {
        var executor = Make();
        using var file = new TemporaryFile();

        // Quick items before it, so that the worker has calls ahead when it ends.
        Trace[] source = [.. Enumerable.Range(0, 600).Select(i => new Trace(file.Path, i, i == 300))];
        var outcomes = await executor.OutcomesAsync(source, Work.Of<Trace, int>(Crashes.TouchAndEndIf), new() { MaxConcurrency = 100 }).ToListAsync().Bounded();
        Assert.Equal(300, Assert.Single(outcomes, o => !o.Succeeded).Index);
        string[] runs = (await File.ReadAllTextAsync(file.Path)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"{i}").Order(), runs.Order());
    }

    [Fact]
    public async Task An_item_that_has_ended_two_workers_is_set_aside_with_the_whole_story_and_the_others_proceed()
    {
        var executor = Make(workers: 2);
        using var file = new TemporaryFile();
        Trace[] source = [.. Enumerable.Range(0, 20).Select(i => new Trace(file.Path, i, i == 7))];
        var outcomes = await executor.OutcomesAsync(source, Work.Of<Trace, int>(Crashes.TouchAndEndIf), new() { MaxAttempts = 5 }).ToListAsync().Bounded();
        var poisoned = Assert.Single(outcomes, o => !o.Succeeded);
        Assert.Equal((7, 2), (poisoned.Index, poisoned.Attempts));
        var error = Assert.IsType<WorkerLostException>(poisoned.Exception);
        Assert.Equal((2, 7L, 7), (error.WorkersLost, error.ItemIndex, error.ExitCode));
        string[] lines = error.Message.Split(Environment.NewLine);
        Assert.Contains("item 7 of its map, has ended 2 workers and is set aside", lines[0]);
        var told = lines.Where(l => l.Contains("ended while it ran 'Crashes.TouchAndEndIf'")).ToList();
        Assert.Equal(2, told.Distinct().Count());
        Assert.StartsWith("First: Worker", told[0]);
        Assert.StartsWith("Then: Worker", told[1]);
        Assert.Equal(2, (await File.ReadAllTextAsync(file.Path)).Split(' ').Count(run => run == "7"));
        Assert.Equal(2, executor.LostWorkers);
    }

    [Fact]
    public async Task Lost_workers_and_raised_errors_have_separate_counts()
    {
        var executor = Make(killAfter: TimeSpan.Zero);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Soon(Run(executor, Works.Throw, "one")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Soon(Run(executor, Works.Throw, "two")));
        await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Crashes.Exit, 7)));
        Assert.Equal((1, 2), (executor.LostWorkers, executor.RaisedErrors));

        // A worker that is stopped because its item was cancelled is neither.
        using var stop = new CancellationTokenSource();
        var cancelled = Soon(Run(executor, Crashes.SleepForEver, 1, stop.Token));
        await UntilStarted(4);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.Equal((1, 2), (executor.LostWorkers, executor.RaisedErrors));
    }

    private static long PeakOf(ProcessExecutor executor) => executor.Queue.Workers().Max(worker => worker.PeakMemory) ?? 0;

    /// <summary>The item fails with this end, items before and after it do not, and the pool keeps its size.</summary>
    private async Task<WorkerLostException> Crash<TArg, TResult>(
        Func<TArg, TResult> work, TArg arg, string? signal = null, int? exitCode = null, IReadOnlyDictionary<string, string?>? variables = null)
    {
        var executor = Make(workers: 2, variables: variables);
        var others = Enumerable.Range(0, 20).Select(i => Soon(Run(executor, Works.AddOne, i))).ToArray();
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, work, arg)));
        Assert.Equal((signal, exitCode), (error.Signal, error.ExitCode));
        Assert.Contains($"(process {error.ProcessId})", error.Message);
        Assert.Equal(Enumerable.Range(1, 20), await Task.WhenAll(others));
        await CheckSize(executor, 2);
        Assert.Equal(1, executor.LostWorkers);
        return error;
    }
}
