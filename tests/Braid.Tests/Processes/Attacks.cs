using System.Buffers.Binary;
using Braid.Processes;
using Braid.Wire;

namespace Braid.Tests.Processes;

/// <summary>How a worker breaks the protocol.</summary>
public enum Attack
{
    WrongVersion,
    RandomBytes,
    UnknownType,
    NegativeLength,
    LongStarted,
    LongError,
    ShortStarted,
    OtherItem,
    ResultBeforeStarted,
    BeginsOther,
    BeginsItself,
    CutResult,
    StartedTwice,
    ResultTwice,
    ParentsFrame,
    SecondHello,
    BrokenCost,
    BrokenError,
    EmptyErrorType,
    InvalidErrorType,
    CutFrame,
    HugeResult,
    ByteOnSocket,
    TailAhead,
    TailBack,
    HeadAhead,
}

internal static class Attacks
{
    /// <summary>What the worker sends; the item is the one that it was called with.</summary>
    internal static byte[] Bytes(Attack attack, long item, int seed) => attack switch
    {
        Attack.RandomBytes => Random(seed),
        Attack.UnknownType => Header(0, 99),
        Attack.NegativeLength => Header(-1, FrameType.Result),
        Attack.LongStarted => Header(int.MaxValue, FrameType.Started),
        Attack.LongError => Header(17 * 1024 * 1024, FrameType.Error),
        Attack.ShortStarted => [.. Header(2, FrameType.Started), 1, 2],
        Attack.OtherItem => Result(item + 1_000_000, Frame.NoItem),
        Attack.ResultBeforeStarted => Answer(item),
        Attack.BeginsOther => Result(item, item + 1_000_000),
        Attack.BeginsItself => Result(item, item),
        Attack.CutResult => Item(FrameType.Result, item),
        Attack.StartedTwice => [.. Header(16, FrameType.Started), .. Number(item), .. Number(0)],
        Attack.ResultTwice => [.. Answer(item), .. Answer(item)],
        Attack.ParentsFrame => Item(FrameType.Call, item),
        Attack.SecondHello => [.. Header(3, FrameType.Hello), 1, 2, 3],
        Attack.BrokenCost => [.. Header(10, FrameType.CostlyEncoding), .. Number(item), 1, 2],
        Attack.BrokenError => [.. Header(32, FrameType.Error), .. Number(item), .. Number(Frame.NoItem), .. Number(0), 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F],
        Attack.EmptyErrorType => Error(item, ""),
        Attack.InvalidErrorType => Error(item, "System.Exception`1[[X, Y, Z]], ,[[*&"),
        Attack.CutFrame => [.. Header(8, FrameType.Result), 1, 2, 3],
        Attack.HugeResult => [.. Header(2_000_000_000, FrameType.Result), .. Number(item), .. Number(Frame.NoItem), .. new byte[100]],
        _ => [],
    };

    /// <summary>What the worker writes where only the parent or nobody should write.</summary>
    internal static unsafe void Scribble(Attack attack, byte* memory)
    {
        byte* toWorker = memory;
        byte* toParent = memory + SharedRing.Length;
        if (attack == Attack.TailAhead) Write(toParent, SharedRing.TailOffset, long.MaxValue);
        if (attack == Attack.TailBack) Write(toParent, SharedRing.TailOffset, 1);
        if (attack == Attack.HeadAhead) Write(toWorker, SharedRing.HeadOffset, long.MaxValue);
    }

    private static unsafe void Write(byte* ring, int offset, long value)
    {
        Volatile.Write(ref *(long*)(ring + offset), value);
        new SharedSignal((int*)(ring + SharedRing.ReaderOffset)).Wake();
        new SharedSignal((int*)(ring + SharedRing.WriterOffset)).Wake();
    }

    private static byte[] Random(int seed)
    {
        byte[] bytes = new byte[1000];
        new Random(seed).NextBytes(bytes);

        // Never a long result: that is an attack of its own, and the rest of it would be waited for.
        bytes[4] |= 0x40;
        return bytes;
    }

    private static byte[] Header(int length, FrameType type)
    {
        byte[] header = new byte[Frame.HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        header[sizeof(int)] = (byte)type;
        return header;
    }

    private static byte[] Header(int length, int type) => Header(length, (FrameType)type);

    private static byte[] Item(FrameType type, long item) => [.. Header(sizeof(long), type), .. Number(item)];

    private static byte[] Answer(long item) => Result(item, Frame.NoItem);

    private static byte[] Result(long item, long next) =>
        [.. Header((3 * sizeof(long)) + sizeof(int), FrameType.Result), .. Number(item), .. Number(next), .. Number(0), 14, 0, 0, 0];

    private static byte[] Number(long number)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] Error(long item, string type)
    {
        var frames = new FrameBuffer();
        frames.BeginEnd(FrameType.Error, item);
        frames.WriteInt32(0);
        frames.WriteText(type);
        frames.WriteText(typeof(object).Assembly.GetName().Name);
        frames.WriteText("a lie");
        frames.WriteText("");
        frames.End();
        return frames.Written.ToArray();
    }
}
