using Braid.Items;
using Braid.Processes;

namespace Braid;

/// <summary>How a <see cref="ProcessExecutor"/> is set up.</summary>
public sealed record ProcessOptions : ExecutorOptions
{
    private const int NicestOfAll = 19;

    // What timers take.
    private const int MostWorkers = 10_000;

    // Null: not set. The limits are read when they are asked for: a program that says how many workers it wants reads no control groups.
    private readonly int? _workers;

    /// <summary>Worker processes, 1 or more; each is started when an item needs it. By default as many as <see cref="CpuLimits"/> says.</summary>
    public int Workers
    {
        get => _workers ?? CpuLimits.Current.Workers;
        init => _workers = value;
    }

    /// <summary>
    /// From "please stop" to SIGKILL, zero or more: for cancelled and timed-out items that do not end by themselves. First the item's token is
    /// cancelled. On Linux, after half of this time, the worker is sent SIGTERM: it ends, unless the work has registered for that signal. After all
    /// of it, the worker is killed, with the processes that it has started. Elsewhere there is no SIGTERM in between.
    /// </summary>
    /// <remarks>What a worker has started is killed with it also when SIGTERM ends it; not when it crashes, or ends by itself.</remarks>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Items that a worker begins before another one takes its place, 1 or more; null: no limit. The next one starts while the last item
    /// runs, and runs nothing until that has ended.
    /// </summary>
    public int? RecycleAfter { get; init; }

    /// <summary>
    /// Resident bytes by which a worker may grow after its first item; above, it is replaced between items and nothing fails. Null: no limit.
    /// Garbage that has not been collected counts, so less than some tens of megabytes replaces healthy workers.
    /// </summary>
    public long? RecycleOnGrowth { get; init; }

    /// <summary>
    /// Resident bytes that a worker may use; above, it is killed and the item that runs fails. Null: no limit. It is looked at ten times a
    /// second, so for a moment a worker may use more. A worker that has done nothing takes tens of megabytes.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// Runs once in each worker, before its first item: a static method, or a lambda that captures nothing. If it throws, every item that
    /// waits or comes later fails with an <see cref="InitializerException"/>. It has no time limit.
    /// </summary>
    public Action? Initializer { get; init; }

    /// <summary>Set in each worker before user code loads; a null value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> EnvironmentVariables { get; init; } = new Dictionary<string, string?>();

    /// <summary>What carries calls and results: by default the fastest that the operating system has.</summary>
    public WorkerTransport Transport { get; init; } = WorkerTransport.Automatic;

    /// <summary>
    /// From 0 to 19: how far workers stand back for other processes. Null: as this process does. Workers of a program that is nicer itself
    /// stay as nice. On Windows, 1 and more is the priority "below normal", 10 and more "idle".
    /// </summary>
    public int? Niceness { get; init; }

    /// <summary>Numbers of processors: worker n runs on <c>Processors[n % Processors.Count]</c> only. Null: on any. Not on macOS.</summary>
    public IReadOnlyList<int>? Processors { get; init; }

    /// <summary>A worker that has had nothing to do for so long ends, and is started again when an item needs it. Infinite: it stays.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Workers, MostWorkers);
        ArgumentOutOfRangeException.ThrowIfLessThan(KillAfter, TimeSpan.Zero);
        LongestTime.ThrowIfExceeded(KillAfter, nameof(KillAfter));
        ValidateEnvironmentVariables();
        if (Transport is < WorkerTransport.Automatic or > WorkerTransport.Socket) throw new ArgumentOutOfRangeException(nameof(Transport), Transport, "Transport must be a member of WorkerTransport.");
        if (Transport == WorkerTransport.SharedMemory && !Libc.HasFutex)
            throw new ArgumentOutOfRangeException(nameof(Transport), Transport, "Shared memory needs Linux on x64 or Arm64; use WorkerTransport.Automatic, which takes a socket here.");
        ArgumentOutOfRangeException.ThrowIfLessThan(RecycleAfter ?? 1, 1, nameof(RecycleAfter));
        ArgumentOutOfRangeException.ThrowIfLessThan(RecycleOnGrowth ?? 1, 1, nameof(RecycleOnGrowth));
        ArgumentOutOfRangeException.ThrowIfLessThan(MemoryLimit ?? 1, 1, nameof(MemoryLimit));
        ArgumentOutOfRangeException.ThrowIfNegative(Niceness ?? 0, nameof(Niceness));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Niceness ?? 0, NicestOfAll, nameof(Niceness));
        ValidateIdleTimeout();
        ValidateProcessors();
        ValidateInitializer();
    }

    private void ValidateEnvironmentVariables()
    {
        ArgumentNullException.ThrowIfNull(EnvironmentVariables);
        foreach (var (name, value) in EnvironmentVariables)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0'))
                throw new ArgumentException($"{nameof(EnvironmentVariables)} has the name '{name.Replace("\0", "\\0", StringComparison.Ordinal)}'; a variable's name is not empty and has neither '=' nor a zero character.", nameof(EnvironmentVariables));
            if (value?.Contains('\0', StringComparison.Ordinal) == true)
                throw new ArgumentException($"{nameof(EnvironmentVariables)} has a zero character in the value of '{name}', where the operating system would end it.", nameof(EnvironmentVariables));
        }
    }

    private void ValidateIdleTimeout()
    {
        if (IdleTimeout == Timeout.InfiniteTimeSpan) return;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        LongestTime.ThrowIfExceeded(IdleTimeout, nameof(IdleTimeout), ", or Timeout.InfiniteTimeSpan for never");
    }

    private void ValidateProcessors()
    {
        if (Processors is null) return;
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException($"{nameof(Processors)} needs Linux or Windows: this system does not tie a process to a processor. Leave it null here.");
        if (Processors.Count == 0) throw new ArgumentException($"{nameof(Processors)} is empty, so no worker could run; null lets them run on any.", nameof(Processors));
        foreach (int processor in Processors)
        {
            if (!WorkerPlace.IsPossible(processor)) throw new ArgumentOutOfRangeException(nameof(Processors), processor, $"{nameof(Processors)} contains {processor}, which is no processor's number.");
        }
    }

    private void ValidateInitializer()
    {
        if (Initializer is null) return;
        string name = WorkerInitializer.NameOf(Initializer);
        if (WorkerInitializer.IsAsync(Initializer))
            throw new ArgumentException($"{nameof(Initializer)} '{name}' is async and returns nothing to wait for. Wait inside it: GetAwaiter().GetResult().", nameof(Initializer));
        if (WorkerInitializer.WhyNotPortable(Initializer) is { } reason)
            throw new WorkNotPortableException($"{nameof(Initializer)} '{name}' cannot run in another process: {reason}. Use a static method, and {nameof(EnvironmentVariables)} for what it has to know.");
    }
}
