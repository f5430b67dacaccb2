namespace Braid;

/// <summary>How a <see cref="ProcessExecutor"/> is set up.</summary>
public sealed record ProcessOptions : ExecutorOptions
{
    /// <summary>Worker processes, 1 or more; each is started when an item needs it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// From "please stop" to SIGKILL, zero or more: for cancelled and timed-out items that do not end by themselves. First the item's token is
    /// cancelled. On Linux, after half of this time, the worker is sent SIGTERM: it ends, unless the work has registered for that signal. After all
    /// of it, the worker is killed, with the processes that it has started. Elsewhere there is no SIGTERM in between.
    /// </summary>
    /// <remarks>What a worker has started is killed with it also when SIGTERM ends it; not when it crashes, or ends by itself.</remarks>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Set in each worker before user code loads; a null value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> EnvironmentVariables { get; init; } = new Dictionary<string, string?>();

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KillAfter, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(EnvironmentVariables);
    }
}
