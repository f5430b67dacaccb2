namespace Braid;

/// <summary>What can go wrong that is not the work's own exception.</summary>
public abstract class BraidException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A worker ended while it ran the item: a crash, a kill from outside, an exit. Only that item is affected.</summary>
/// <remarks>The message tells all of it; the properties are for programs.</remarks>
public sealed class WorkerLostException(string message) : BraidException(message)
{
    /// <summary>The item's place in the source of its map, from 0; null: it was run by itself.</summary>
    public long? ItemIndex { get; init; }

    /// <summary>The worker's process; null: it could not be started.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The worker's exit code; null if it ended by a signal or could not be reaped.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the worker, "SIGSEGV" for example; null: none did, or not one that has a name here.</summary>
    /// <remarks>A process that exits by itself with 128 + n cannot be told from one that signal n has ended.</remarks>
    public string? Signal { get; init; }

    /// <summary>
    /// The most memory, in resident bytes, that the worker was seen to have; null: not known. A lower bound: it is looked at four times a second
    /// while an item runs and before Braid kills a worker, and memory that is taken and fatal in between is not seen. Linux and Windows.
    /// </summary>
    public long? PeakMemory { get; init; }

    /// <summary>
    /// How many workers have ended while they ran the item, in all its attempts. 2: the item is set aside and not tried again, whatever
    /// <see cref="MapOptions.MaxAttempts"/> allows; the message tells of both ends and the other properties of the last. 0: no worker has begun it.
    /// </summary>
    public int WorkersLost { get; init; } = 1;

    /// <summary>The last lines that the worker wrote to standard error.</summary>
    public string StandardError { get; init; } = "";
}

/// <summary>The <see cref="ProcessOptions.Initializer"/> threw in a worker, so the item did not run; <see cref="Exception.InnerException"/> is what it threw.</summary>
public sealed class InitializerException(string message, Exception innerException) : BraidException(message, innerException);

/// <summary>An item ran longer than <see cref="MapOptions.ItemTimeout"/>, or much longer than the others: <see cref="MapOptions.ItemTimeoutFactor"/>.</summary>
public sealed class ItemTimeoutException(string message) : BraidException(message)
{
    /// <summary>The limit that was exceeded.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>For a relative limit, <see cref="MapOptions.ItemTimeoutFactor"/>; else null.</summary>
    public double? Factor { get; init; }

    /// <summary>For a relative limit, the median of the items that had finished; else null.</summary>
    public TimeSpan? Median { get; init; }
}

/// <summary>The time of a group was over before it was done: <see cref="GroupOptions.Timeout"/>. All its children have ended.</summary>
public sealed class GroupTimeoutException(string message) : BraidException(message)
{
    /// <summary>The limit that was exceeded.</summary>
    public TimeSpan Timeout { get; init; }
}

/// <summary>The work threw in another process an exception whose type cannot be rebuilt here.</summary>
public sealed class RemoteWorkException(string message) : BraidException(message)
{
    /// <summary>Full name of the exception's type where it was thrown.</summary>
    public required string ErrorType { get; init; }

    /// <summary>The stack where it was thrown.</summary>
    public string RemoteStackTrace { get; init; } = "";
}

/// <summary>
/// The work cannot leave this process: it captures variables, or its argument or result cannot be encoded or decoded. What the types tell is found
/// when the work is submitted; what only a value tells, an object of a derived type for example, fails its item alone.
/// </summary>
/// <param name="message">What cannot travel, and what to do.</param>
/// <param name="innerException">What a getter, a constructor or a converter of the value threw; null: nothing did.</param>
public sealed class WorkNotPortableException(string message, Exception? innerException) : BraidException(message, innerException)
{
    /// <summary>Without an inner exception.</summary>
    public WorkNotPortableException(string message)
        : this(message, null)
    {
    }
}

/// <summary>
/// On a loop with a <see cref="LoopOptions.Seed"/>: nothing is ready, no timer is set, no other thread runs code of the loop, and the main
/// function has not ended. The message says what waits.
/// </summary>
public sealed class LoopDeadlockException(string message, int seed) : BraidException(message)
{
    /// <summary>The loop's seed.</summary>
    public int Seed { get; } = seed;
}

/// <summary>A function failed under one of the seeds of <see cref="EventLoop.Explore"/>. The message has the seed, <see cref="Exception.InnerException"/> is what it threw.</summary>
public sealed class SeedFailedException(string message, int seed, Exception innerException) : BraidException(message, innerException)
{
    /// <summary>The seed. A run with it fails in the same way.</summary>
    public int Seed { get; } = seed;
}
