using Braid.Processes;

namespace Braid;

/// <summary>How a <see cref="ProcessExecutor"/> is set up.</summary>
public sealed record ProcessOptions : ExecutorOptions
{
    /// <summary>Worker processes, 1 or more; each is started when an item needs it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>From "please stop" to SIGKILL, zero or more: for cancelled and timed-out items that do not end by themselves.</summary>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Set in each worker before user code loads; a null value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> EnvironmentVariables { get; init; } = new Dictionary<string, string?>();

    /// <summary>What carries calls and results: by default the fastest that the operating system has.</summary>
    public WorkerTransport Transport { get; init; } = WorkerTransport.Automatic;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KillAfter, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(EnvironmentVariables);
        if (!Enum.IsDefined(Transport)) throw new ArgumentOutOfRangeException(nameof(Transport), Transport, "Transport must be a member of WorkerTransport.");
        if (Transport == WorkerTransport.SharedMemory && !Libc.HasFutex)
            throw new ArgumentOutOfRangeException(nameof(Transport), Transport, "Shared memory needs Linux on x64 or Arm64; use WorkerTransport.Automatic, which takes a socket here.");
    }
}
