using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessMemoryTests : ProcessTest
{
    private const long Limit256 = 256 * 1024 * 1024;

    [Fact]
    public async Task A_worker_over_the_limit_is_ended_its_item_says_how_much_it_used_and_the_others_go_on()
    {
        await using var gate = new Gate();
        var executor = Make(new ProcessOptions { Workers = 2, MemoryLimit = Limit256 });
        var other = Soon(executor.RunAsync(Work.Of<GateCall, int>(GrowAndPassAsync), gate.Call(1)));
        await gate.ArrivedAsync(1);
        var hog = Soon(executor.RunAsync(Work.Of<GateCall, int>(GrowAndPassAsync), gate.Call(400)));
        var queued = Enumerable.Range(0, 4).Select(i => Soon(Run(executor, Works.AddOne, i))).ToArray();
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => hog);
        Assert.Matches(@"it used (2[5-9]|[3-9]\d)\d\.\d MiB, above its MemoryLimit of 256\.0 MiB", error.Message);
        int[] results = await Task.WhenAll(queued);
        Assert.Equal([1, 2, 3, 4], results);
        await gate.OpenAsync(1);
        Assert.Equal(1, await other);
        Assert.Contains(Timeline.Events, e => e.Phase == TracePhase.WorkerLost && e.Detail!.Contains("MemoryLimit"));
    }

    [Fact]
    public async Task A_worker_below_the_limit_stays()
    {
        var time = new ManualTime();
        var executor = Make(new ProcessOptions { Workers = 1, MemoryLimit = 8 * Limit256, TimeProvider = time });
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        for (int i = 0; i < 3; i++) time.Advance(Braid.Processes.MemoryWatch.Interval);
        Assert.Equal(pid, await Soon(Run(executor, Works.ProcessId, 0)));
    }

    [Fact]
    public async Task An_idle_worker_over_the_limit_is_ended_and_no_item_fails()
    {
        var time = new ManualTime();
        var executor = Make(new ProcessOptions { Workers = 1, MemoryLimit = Limit256, TimeProvider = time });
        int pid = await Soon(Run(executor, Grow, 400));
        time.Advance(Braid.Processes.MemoryWatch.Interval);
        Assert.NotEqual(pid, await Soon(Run(executor, Works.ProcessId, 0)));
        Assert.False(IsAlive(pid));
    }

    [Fact]
    public async Task A_limit_below_what_any_worker_needs_fails_what_waits_instead_of_starting_workers_for_ever()
    {
        var executor = Make(new ProcessOptions { Workers = 1, MemoryLimit = 1 });
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Works.SleepForever, 1)));
        Assert.Contains("MemoryLimit", error.Message);
    }

    [Fact]
    public void The_memory_of_a_process_is_what_the_system_says()
    {
        long own = Braid.Processes.ResidentMemory.Of(Environment.ProcessId);
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        Assert.InRange(own, self.WorkingSet64 / 2, self.WorkingSet64 * 2);
        Assert.Equal(0, Braid.Processes.ResidentMemory.Of(int.MaxValue));
    }

    private static int Grow(int megabytes)
    {
        Ballast.Add(megabytes);
        return Environment.ProcessId;
    }

    private static Task<int> GrowAndPassAsync(GateCall call, CancellationToken cancellationToken)
    {
        Ballast.Add(call.Id);
        return Support.Works.PassAsync(call, cancellationToken);
    }
}
