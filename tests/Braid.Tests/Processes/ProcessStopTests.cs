using System.Globalization;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessStopTests : ProcessTest
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(50);

    // So long that a test which gets through did not wait for SIGKILL; half of it, for SIGTERM, is short with time that the test moves.
    private static readonly TimeSpan Long = TimeSpan.FromHours(2);

    [Fact]
    public Task An_endless_loop_is_ended_by_a_cancellation() => Cancel(Crashes.LoopForEver);

    [Fact]
    public Task An_endless_sleep_is_ended_by_a_cancellation() => Cancel(Crashes.SleepForEver);

    [Fact]
    public Task Native_code_that_blocks_is_ended_by_a_cancellation() => Cancel(Crashes.BlockInNativeCode);

    [Fact]
    public Task An_endless_loop_is_ended_by_a_time_limit() => Limited(Crashes.LoopForEver);

    [Fact]
    public Task An_endless_sleep_is_ended_by_a_time_limit() => Limited(Crashes.SleepForEver);

    [Fact]
    public Task Native_code_that_blocks_is_ended_by_a_time_limit() => Limited(Crashes.BlockInNativeCode);

    [Fact]
    public async Task A_child_that_ignores_SIGTERM_is_killed()
    {
        var time = new ManualTime();
        var executor = Make(time);
        using var ready = new TemporaryFile();
        using var stop = new CancellationTokenSource();
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var item = Soon(Run(executor, Crashes.IgnoreTerminate, ready.Path, stop.Token));
        await Until(() => File.Exists(ready.Path), "the work ignores SIGTERM");
        await stop.CancelAsync();
        await time.TimerArmedAsync();
        time.Advance(Long / 2);
        await time.TimerArmedAsync();

        // SIGTERM has been sent or is about to be: it has no effect that could be waited for.
        Assert.True(IsAlive(pid));
        Assert.False(item.IsCompleted);
        time.Advance(Long / 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        Assert.NotEqual(pid, await Soon(Run(executor, Works.ProcessId, 0)));
        Assert.Contains(Timeline.Events, e => e.Phase == TracePhase.WorkerLost && e.Detail!.Contains("SIGKILL", StringComparison.Ordinal));
        Assert.Equal(0, executor.LostWorkers);
    }

    [Fact]
    public async Task SIGTERM_comes_before_SIGKILL_and_ends_a_worker_that_does_not_handle_it()
    {
        var time = new ManualTime();
        var executor = Make(time);
        using var stop = new CancellationTokenSource();
        var item = Soon(Run(executor, Crashes.SleepForEver, 1, stop.Token));
        await UntilStarted();
        await stop.CancelAsync();
        await time.TimerArmedAsync();
        time.Advance(Long / 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        Assert.Contains(Timeline.Events, e => e.Phase == TracePhase.WorkerLost && e.Detail!.Contains("SIGTERM", StringComparison.Ordinal));
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.Equal(0, executor.LostWorkers);
    }

    [Fact]
    public async Task Work_that_registers_for_SIGTERM_can_clean_up()
    {
        var time = new ManualTime();
        var executor = Make(time);
        using var ready = new TemporaryFile();
        using var cleaned = new TemporaryFile();
        using var stop = new CancellationTokenSource();
        var item = Soon(Run(executor, Crashes.CleanUpAtTerminate, new Cleaning(ready.Path, cleaned.Path), stop.Token));
        await Until(() => File.Exists(ready.Path), "the work has registered");
        await stop.CancelAsync();
        await time.TimerArmedAsync();
        time.Advance(Long / 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        Assert.True(File.Exists(cleaned.Path));
    }

    [Fact]
    public async Task A_worker_that_was_sent_SIGTERM_gets_no_other_item_even_if_its_own_ends_well()
    {
        var time = new ManualTime();
        var executor = Make(time);
        using var ready = new TemporaryFile();
        using var stop = new CancellationTokenSource();
        var item = Soon(Run(executor, Crashes.EndItemAtTerminate, ready.Path, stop.Token));
        await Until(() => File.Exists(ready.Path), "the work has registered");
        await stop.CancelAsync();
        await time.TimerArmedAsync();
        time.Advance(Long / 2);
        int pid = await item;
        Assert.NotEqual(pid, await Soon(Run(executor, Works.ProcessId, 0)));
        await Until(() => !IsAlive(pid), "the worker is gone");
    }

    [Fact]
    public async Task What_the_work_started_is_killed_with_its_worker()
    {
        var executor = Make(killAfter: Soonest);
        using var file = new TemporaryFile();
        using var stop = new CancellationTokenSource();
        var item = Soon(Run(executor, Crashes.StartChildAndWait, file.Path, stop.Token));
        await Until(() => File.Exists(file.Path) && File.ReadAllText(file.Path).EndsWith('.'), "the work has started a process");
        int child = int.Parse((await File.ReadAllTextAsync(file.Path)).TrimEnd('.'), CultureInfo.InvariantCulture);
        Assert.True(IsAlive(child));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        await Until(() => !IsAlive(child), "what the work started is gone");
    }

    [Fact]
    public async Task A_relative_limit_is_enforced_by_killing_the_worker_and_the_pool_keeps_its_size()
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        int[] source = [.. Enumerable.Repeat(20, 12), Timeout.Infinite, .. Enumerable.Repeat(20, 5)];
        var options = new MapOptions { ItemTimeoutFactor = 30 };
        var outcomes = await executor.OutcomesAsync(source, Work.Of<int, int>(Works.Sleep), options).ToListAsync().Bounded();
        var slow = Assert.Single(outcomes, o => !o.Succeeded);
        Assert.Equal(12, slow.Index);
        var error = Assert.IsType<ItemTimeoutException>(slow.Exception);
        Assert.Equal(30, error.Factor);
        Assert.True(error.Median >= TimeSpan.FromMilliseconds(19));
        await CheckSize(executor, 2);
    }

    [Theory]
    [InlineData(Crashes.Interrupt)]
    [InlineData(Crashes.Hangup)]
    [InlineData(Crashes.Quit)]
    public async Task What_the_terminal_sends_does_not_reach_the_work(int signal)
    {
        var executor = Make();
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        for (int i = 0; i < 10; i++) Assert.Equal(pid, await Soon(Run(executor, Crashes.SignalSelf, signal)));
        Crashes.Send(pid, signal);
        Assert.Equal(pid, await Soon(Run(executor, Works.ProcessId, 0)));
        Assert.Equal(0, executor.LostWorkers);
    }

    [Fact]
    public async Task Workers_outlive_the_thread_that_started_them()
    {
        var executor = Make(workers: 2);
        var pids = new List<int>();
        var starter = new Thread(() => pids.AddRange(ProcessIds(executor, 2).GetAwaiter().GetResult()));
        starter.Start();
        Assert.True(starter.Join(Limit));
        Assert.Equal(2, pids.Distinct().Count());
        Assert.Contains(await Soon(Run(executor, Works.ProcessId, 0)), pids);
        await CheckSize(executor, 2);
        Assert.All(pids, pid => Assert.True(IsAlive(pid)));
        Assert.Equal(0, executor.LostWorkers);
    }

    private ProcessExecutor Make(ManualTime time) => Make(killAfter: Long, time: time);

    private async Task Cancel(Func<int, int> endless)
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        using var stop = new CancellationTokenSource();
        var item = Soon(Run(executor, endless, 1, stop.Token));
        await UntilStarted();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => item);
        await CheckSize(executor, 2);
    }

    private async Task Limited(Func<int, int> endless)
    {
        var executor = Make(workers: 2, killAfter: Soonest);
        var options = new MapOptions { ItemTimeout = TimeSpan.FromMilliseconds(100) };
        var outcomes = await executor.OutcomesAsync([1, 2], Work.Of(endless), options).ToListAsync().Bounded();
        Assert.All(outcomes, o => Assert.IsType<ItemTimeoutException>(o.Exception));
        await CheckSize(executor, 2);
        Assert.Equal(0, executor.LostWorkers);
    }
}
