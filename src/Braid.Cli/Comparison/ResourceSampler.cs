namespace Braid.Cli.Comparison;

/// <summary>Watches processor time and memory of the process tree while one engine runs.</summary>
internal sealed class ResourceSampler : IAsyncDisposable
{
    // A sample takes a processor from the work for up to 3 ms when all are busy: often enough for a run of a tenth of a second, and no
    // more than 2 % of a core in one that lasts.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);
    private const int FirstSamples = 8;

    // Looking through all processes of the machine costs several milliseconds, so it is done rarely: workers come once and stay.
    private const int SamplesBetweenLooks = 12;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sampling;
    private readonly TimeSpan _cpuAtStart;
    private readonly long? _transferredAtStart;
    private readonly TimeSpan _processorWaitAtStart;
    private IReadOnlyList<int> _children;
    private long _peak;

    private ResourceSampler(TimeProvider timeProvider)
    {
        _children = ProcessTree.Descendants();
        _peak = ProcessTree.ResidentBytes(_children);
        _transferredAtStart = ProcessTree.TransferredBytes();
        _processorWaitAtStart = ProcessTree.ProcessorWait();
        _cpuAtStart = ProcessTree.CpuTime(_children);
        _sampling = Task.Run(() => SampleAsync(timeProvider));
    }

    internal static ResourceSampler Start(TimeProvider timeProvider) => new(timeProvider);

    /// <summary>What was used since the start.</summary>
    internal ResourceUse Read()
    {
        var cpu = ProcessTree.CpuTime(_children) - _cpuAtStart;
        var transferred = ProcessTree.TransferredBytes() - _transferredAtStart;
        var processorWait = ProcessTree.ProcessorWait() - _processorWaitAtStart;
        return new ResourceUse(NotNegative(cpu), NotNegative(processorWait), Math.Max(_peak, ProcessTree.ResidentBytes(_children)), transferred);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        _stop.Dispose();
    }

    // What a thread or a process that has ended counted is missing from the second reading.
    private static TimeSpan NotNegative(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private async Task SampleAsync(TimeProvider timeProvider)
    {
        using var timer = new PeriodicTimer(FirstInterval, timeProvider);
        try
        {
            for (var sample = 1; await timer.WaitForNextTickAsync(_stop.Token); sample++)
            {
                if (sample == FirstSamples) timer.Period = Interval;
                if (sample % SamplesBetweenLooks == 0) _children = ProcessTree.Descendants();
                _peak = Math.Max(_peak, ProcessTree.ResidentBytes(_children));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: the run is over.
        }
    }
}

/// <summary>What the process tree used during one run.</summary>
/// <param name="CpuTime">User and system time of all its processes.</param>
/// <param name="ProcessorWait">Time that this process was ready to run and had no processor.</param>
/// <param name="PeakBytes">The most memory in RAM at once.</param>
/// <param name="TransferredBytes">Read and written by this process through system calls; null where that is not told.</param>
internal readonly record struct ResourceUse(TimeSpan CpuTime, TimeSpan ProcessorWait, long PeakBytes, long? TransferredBytes);
