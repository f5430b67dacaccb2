using System.Diagnostics;
using System.Runtime.CompilerServices;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>What the tests of the process engine share: an executor that is disposed, waits that end.</summary>
public abstract class ProcessTest : IAsyncDisposable
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<ProcessExecutor> _executors = [];

    protected Timeline Timeline { get; } = new();

    /// <summary>What carries the frames; a suite that runs on each transport has a tiny class for each in Transports.cs.</summary>
    protected virtual WorkerTransport Transport => WorkerTransport.Automatic;

    protected ProcessExecutor Make(int workers = 1, TimeSpan? killAfter = null, IReadOnlyDictionary<string, string?>? variables = null, TimeProvider? time = null)
    {
        var executor = new ProcessExecutor(new()
        {
            Workers = workers,
            Timeline = Timeline,
            TimeProvider = time ?? TimeProvider.System,
            Transport = Transport,
            KillAfter = killAfter ?? TimeSpan.FromSeconds(10),
            EnvironmentVariables = variables ?? new Dictionary<string, string?>(),
        });
        _executors.Add(executor);
        return executor;
    }

    protected ProcessExecutor Make(ProcessOptions options)
    {
        var executor = new ProcessExecutor(options with { Timeline = Timeline, Transport = Transport });
        _executors.Add(executor);
        return executor;
    }

    protected static ValueTask<TResult> Run<TArg, TResult>(
        Executor executor, Func<TArg, TResult> work, TArg arg, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        executor.RunAsync(Work.Of(work, name), arg, cancellationToken);

    protected static Task<TResult> Soon<TResult>(ValueTask<TResult> task) => task.AsTask().WaitAsync(Limit);

    protected static async Task Until(Func<bool> condition, string what)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"Waited too long until {what}.");
            await Task.Delay(10);
        }
    }

    protected Task UntilStarted(int count = 1) =>
        Until(() => Timeline.Events.Count(e => e.Phase == TracePhase.Started) >= count, $"{count} items have started");

    /// <summary>As many items as there should be workers are in progress at once.</summary>
    protected static Task CheckSize(ProcessExecutor executor, int workers) => AtOnce(executor, workers, Support.Works.PassAsync);

    /// <summary>The processes of all workers.</summary>
    protected static Task<int[]> ProcessIds(ProcessExecutor executor, int workers) => AtOnce(executor, workers, Works.PassAndTellProcessIdAsync);

    /// <summary>What work that waits at a gate returns on each of so many workers.</summary>
    protected static async Task<TResult[]> AtOnce<TResult>(ProcessExecutor executor, int workers, Func<GateCall, CancellationToken, Task<TResult>> work)
    {
        await using var gate = new Gate();
        var items = Enumerable.Range(0, workers).Select(i => executor.RunAsync(work, gate.Call(i)).AsTask()).ToArray();
        for (int i = 0; i < workers; i++) await gate.ArrivedAsync(i);
        for (int i = 0; i < workers; i++) await gate.OpenAsync(i);
        return await Task.WhenAll(items).WaitAsync(Limit);
    }

    protected static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var executor in _executors) await executor.DisposeAsync().AsTask().WaitAsync(Limit);
        GC.SuppressFinalize(this);
    }
}
