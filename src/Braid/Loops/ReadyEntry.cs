namespace Braid.Loops;

/// <summary>How a ready callback is called, and with which SynchronizationContext: the null-context rule in one byte.</summary>
internal enum ReadyKind : byte
{
    /// <summary>An <see cref="Action"/> of user code: the loop's context is installed.</summary>
    UserAction,

    /// <summary>An <see cref="Action{T}"/> of user code: the loop's context is installed.</summary>
    User,

    /// <summary>A <see cref="SendOrPostCallback"/>: what .NET posts to the loop's context, so user code.</summary>
    UserPost,

    /// <summary>An <see cref="Action"/> of library code: no context, so that what it completes may continue on the spot.</summary>
    LibraryAction,

    /// <summary>An <see cref="Action{T}"/> of library code: no context.</summary>
    Library,
}

/// <summary>One callback that is ready to run.</summary>
/// <remarks>A struct with an untyped delegate instead of an object per callback: queueing one allocates nothing.</remarks>
internal struct ReadyEntry(ReadyKind kind, Delegate callback, object? state)
{
    /// <summary>Null in an empty entry only.</summary>
    public Delegate? Callback = callback;
    public object? State = state;
    public ReadyKind Kind = kind;
}
