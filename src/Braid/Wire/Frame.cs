namespace Braid.Wire;

/// <summary>One message between a parent and a worker. The body belongs to the reader and is valid until its next frame.</summary>
/// <param name="type">What it says.</param>
/// <param name="body">Its fields.</param>
/// <param name="isOwn">True if the body has memory of its own, which outlives the next frame.</param>
internal readonly struct Frame(FrameType type, ReadOnlyMemory<byte> body, bool isOwn)
{
    /// <summary>The length of the body, 4 bytes little-endian, and the type, 1 byte.</summary>
    internal const int HeaderLength = 5;

    /// <summary>The longest body of the handshake: what a peer that has proved nothing may make us hold.</summary>
    internal const int LongestHandshake = 256;

    /// <summary>The length of the fields that say where a large payload lies.</summary>
    internal const int PlaceLength = (2 * sizeof(int)) + (2 * sizeof(long));

    /// <summary>In place of an item's number: none. The numbers begin with 1.</summary>
    internal const long NoItem = 0;

    private const int ItemOnly = sizeof(long);
    private const int ItemAndTime = 2 * sizeof(long);
    private const int TwoItemsAndTime = 3 * sizeof(long);

    // The call's other fields and its trace.
    private const int LongestLargeCall = 64 * 1024;
    private const int LongestFunction = 1024 * 1024;
    private const int LongestError = 16 * 1024 * 1024;

    internal FrameType Type => type;

    internal ReadOnlyMemory<byte> Body => body;

    /// <summary>True if the body has memory of its own, which outlives the next frame.</summary>
    internal bool IsOwn => isOwn;

    internal FieldReader Fields => new(body.Span);

    /// <summary>The most bytes that a body of this type may have; -1 for a type that does not exist.</summary>
    internal static int LongestBody(FrameType type) => type switch
    {
        FrameType.Challenge or FrameType.Hello or FrameType.Welcome or FrameType.Memory or FrameType.Mapped => LongestHandshake,
        FrameType.Define or FrameType.Initialize => LongestFunction,
        FrameType.Call or FrameType.Result or FrameType.Constant => Array.MaxLength - HeaderLength,
        FrameType.LargeCall => LongestLargeCall,
        FrameType.CostlyEncoding => ItemOnly + (2 * sizeof(long)),
        FrameType.LargeResult => TwoItemsAndTime + PlaceLength,
        FrameType.Error => LongestError,
        FrameType.Started => ItemAndTime,
        FrameType.Returned or FrameType.Cancel or FrameType.Recall or FrameType.Forget => ItemOnly,
        FrameType.Goodbye or FrameType.Initialized => 0,
        _ => -1,
    };
}

/// <summary>What a frame says. The numbers are the protocol's: never give one another meaning; see docs/wire-protocol.md.</summary>
internal enum FrameType : byte
{
    /// <summary>Parent: prove that you know the secret.</summary>
    Challenge = 1,

    /// <summary>Worker: who it is, its proof, and its own challenge.</summary>
    Hello = 2,

    /// <summary>Parent: its proof.</summary>
    Welcome = 3,

    /// <summary>Parent: shared memory for all that follows, or that there is none.</summary>
    Memory = 4,

    /// <summary>Worker: whether it has mapped the memory; if not, all goes over the socket.</summary>
    Mapped = 5,

    /// <summary>Parent: from now on this number means this function.</summary>
    Define = 16,

    /// <summary>Parent: call this function with this argument, after the calls that you have.</summary>
    Call = 17,

    /// <summary>Parent: ask the work that runs to stop.</summary>
    Cancel = 18,

    /// <summary>Parent: give this call back if you have not begun it.</summary>
    Recall = 19,

    /// <summary>Parent: finish what you have, then end.</summary>
    Goodbye = 20,

    /// <summary>Parent: a call whose argument lies in shared memory.</summary>
    LargeCall = 21,

    /// <summary>Parent: from now on this number in an argument means this value.</summary>
    Constant = 22,

    /// <summary>Parent: no argument will have this constant any more.</summary>
    Forget = 23,

    /// <summary>Parent: do this before any call; the first frame after the handshake, once.</summary>
    Initialize = 24,

    /// <summary>
    /// Worker: it begins the item now, and when that is. Sent before the argument is decoded, so that what runs is known whatever happens. Where the answer to
    /// another item has not been sent yet, that says it, and there is no such frame.
    /// </summary>
    Started = 32,

    /// <summary>Worker: the item's result; like the other two ends, also which item begins now, and when that is.</summary>
    Result = 33,

    /// <summary>Worker: the item has no result, and why.</summary>
    Error = 34,

    /// <summary>Worker: the recalled call was not begun and never will be.</summary>
    Returned = 35,

    /// <summary>Worker: the item's result, which lies in shared memory.</summary>
    LargeResult = 36,

    /// <summary>Worker: for the function of the item that runs, encoding takes longer than the work. Once per function.</summary>
    CostlyEncoding = 37,

    /// <summary>Worker: what Initialize told it to do has been done.</summary>
    Initialized = 40,
}
