using System.Diagnostics;
using Xunit;

namespace Braid.Tests.Processes;

public abstract class ProcessCrashTests : ProcessTest
{
    [Theory]
    [InlineData("exit", "exit code 7", 7)]
    [InlineData("fail fast", "SIGABRT", null)]
    [InlineData("kill", "SIGKILL", null)]
    [InlineData("overflow", "SIGABRT", null)]
    public async Task A_crash_fails_exactly_the_item_that_ran(string how, string reason, int? exitCode)
    {
        var executor = Make(workers: 2);
        var others = Enumerable.Range(0, 50).Select(i => Soon(Run(executor, Works.AddOne, i))).ToArray();
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Works.End, how)));
        Assert.Contains(reason, error.Message);
        Assert.Contains(how, error.Message);
        Assert.Equal(exitCode, error.ExitCode);
        Assert.Equal(Enumerable.Range(1, 50), await Task.WhenAll(others));
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
    }

    [Fact]
    public async Task What_the_worker_wrote_last_is_in_the_error()
    {
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(Make(), Works.End, "exit")));
        Assert.Contains("leaving now", error.StandardError);
        Assert.Contains("leaving now", error.Message);
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_many_quick_items_costs_one_of_them()
    {
        var executor = Make(workers: 2);
        int[] source = [.. Enumerable.Range(100, 3000), 13, .. Enumerable.Range(5000, 3000)];
        var outcomes = new List<Outcome<int, int>>();
        await foreach (var outcome in executor.OutcomesAsync(source, Work.Of<int, int>(Works.EndIf), new() { MaxConcurrency = 256 })) outcomes.Add(outcome);
        Assert.Equal(source, outcomes.Select(o => o.Arg));
        var failed = Assert.Single(outcomes, o => !o.Succeeded);
        Assert.Equal(13, failed.Arg);
        Assert.IsType<WorkerLostException>(failed.Exception);
        Assert.Equal(source.Length, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
    }

    [Fact]
    public async Task Workers_killed_again_and_again_cost_at_most_one_item_each()
    {
        var executor = Make(workers: 2);
        var pids = new HashSet<int>();
        int taken = 0;
        int lost = 0;
        await foreach (var outcome in executor.OutcomesAsync(Enumerable.Range(0, 6000), Work.Of<int, int>(Works.ProcessId), new() { MaxConcurrency = 100 }))
        {
            Assert.Equal(taken++, outcome.Index);
            if (outcome.Exception is null) pids.Add(outcome.Result);
            else Assert.IsType<WorkerLostException>(outcome.Exception);
            if (outcome.Exception is not null) lost++;
            if (taken % 1000 != 500) continue;

            // The worker that ran the item just taken is at the next ones by now.
            using var worker = Process.GetProcesses().FirstOrDefault(p => p.Id == outcome.Result);
            worker?.Kill();
        }

        Assert.Equal(6000, taken);
        Assert.InRange(lost, 0, 6);
        Assert.InRange(pids.Count, 2, 8);
        Assert.Equal(6000, Timeline.Events.Count(e => e.Phase == TracePhase.Started));
    }

    [Fact]
    public async Task A_worker_killed_from_outside_fails_the_item_that_it_ran()
    {
        var executor = Make();
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var lost = Soon(Run(executor, Works.SleepForever, 5));
        await UntilStarted(2);
        var queued = Soon(Run(executor, Works.AddOne, 5));
        using (var worker = Process.GetProcessById(pid)) worker.Kill();
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => lost);
        Assert.Contains($"process {pid}", error.Message);
        Assert.Contains("'Works.SleepForever' (5)", error.Message);
        Assert.Equal(6, await queued);
        Assert.NotEqual(pid, await Soon(Run(executor, Works.ProcessId, 0)));
    }

    [Fact]
    public async Task An_idle_worker_killed_from_outside_is_replaced_and_no_item_fails()
    {
        var executor = Make();
        for (int i = 0; i < 5; i++)
        {
            int pid = await Soon(Run(executor, Works.ProcessId, 0));
            using (var worker = Process.GetProcessById(pid)) worker.Kill();

            // At once: the parent may not have noticed yet, and gives the dead worker an item that surely does not start there.
            Assert.NotEqual(pid, await Soon(Run(executor, Works.ProcessId, 0)));
        }
    }

    [Fact]
    public async Task Workers_that_cannot_start_fail_what_waits_with_their_own_words()
    {
        var executor = Make(workers: 2, variables: new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "1000" });
        var items = Enumerable.Range(0, 4).Select(i => Soon(Run(executor, Works.AddOne, i))).ToArray();
        foreach (var item in items)
        {
            var error = await Assert.ThrowsAsync<WorkerLostException>(() => item);
            Assert.Contains("could not be started", error.Message);
            Assert.NotEqual("", error.StandardError);
        }
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_payloads_larger_than_any_buffer_blocks_nobody()
    {
        var executor = Make(workers: 2);
        byte[] large = new byte[8 * 1024 * 1024];
        var random = new Random(1);
        for (int round = 0; round < 8; round++)
        {
            int pid = await Soon(Run(executor, Works.ProcessId, 0));
            var items = Enumerable.Range(0, 4).Select(_ => Soon(Run(executor, Works.Turn, large))).ToArray();

            // At whatever it is by then: reading, running, writing.
            await Task.Delay(random.Next(20));
            using (var worker = Process.GetProcessById(pid)) worker.Kill();
            int lost = 0;
            foreach (var item in items)
            {
                var error = await Record.ExceptionAsync(() => item);
                if (error is not null) Assert.IsType<WorkerLostException>(error);
                if (error is not null) lost++;
            }

            Assert.InRange(lost, 0, 1);
        }
    }

    [Fact]
    public async Task The_timeline_tells_of_workers()
    {
        var executor = Make();
        await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Works.End, "exit")));
        var workers = Timeline.Events.Where(e => e.ItemId == 0).ToList();
        Assert.Equal([TracePhase.WorkerStarted, TracePhase.WorkerLost], workers.Select(e => e.Phase));
        Assert.All(workers, e => Assert.Equal((0, "worker 0"), (e.Lane, e.Name)));
        Assert.Contains("exit code 7", workers[1].Detail);
    }
}
