namespace Braid;

/// <summary>One item's end: a result, or the exception that took its place.</summary>
public readonly record struct Outcome<TArg, TResult>
{
    /// <summary>Place in the source, from 0.</summary>
    public long Index { get; init; }

    /// <summary>What the work was called with.</summary>
    public TArg Arg { get; init; }

    /// <summary>What the work returned; <c>default</c> when <see cref="Exception"/> is set.</summary>
    public TResult Result { get; init; }

    /// <summary>Why there is no result: the work's own exception, a time limit, a lost worker or a cancellation. Null: there is one.</summary>
    public Exception? Exception { get; init; }

    /// <summary>True when there is a result.</summary>
    public bool Succeeded => Exception is null;

    /// <summary>How often the item was tried, from 1.</summary>
    public int Attempts { get; init; }

    /// <summary>Length of the last attempt, from when a worker took the item until it had finished. Zero if none took it.</summary>
    public TimeSpan Duration { get; init; }
}
