namespace Braid;

/// <summary>What can go wrong that is not the work's own exception.</summary>
public abstract class BraidException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A worker ended while it ran the item: a crash, a kill from outside, an exit. Only that item is affected.</summary>
public sealed class WorkerLostException(string message) : BraidException(message)
{
    /// <summary>The worker's exit code; null if it ended by a signal or could not be reaped.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The last lines that the worker wrote to standard error.</summary>
    public string StandardError { get; init; } = "";
}

/// <summary>The <see cref="ProcessOptions.Initializer"/> threw in a worker, so the item did not run; <see cref="Exception.InnerException"/> is what it threw.</summary>
public sealed class InitializerException(string message, Exception innerException) : BraidException(message, innerException);

/// <summary>An item ran longer than <see cref="MapOptions.ItemTimeout"/>.</summary>
public sealed class ItemTimeoutException(string message) : BraidException(message)
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

/// <summary>The work cannot leave this process: it captures variables, or its argument or result cannot be encoded.</summary>
public sealed class WorkNotPortableException(string message) : BraidException(message);
