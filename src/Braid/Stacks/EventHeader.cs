namespace Braid.Stacks;

/// <summary>What stands before an event in a block. Each says only what differs from the one before.</summary>
internal struct EventHeader
{
    public int Type { get; private set; }

    public long Thread { get; private set; }

    public int Stack { get; private set; }

    public int Length { get; private set; }

    public void Read(ref ByteCursor bytes)
    {
        var flags = bytes.Byte();
        if ((flags & 1) != 0) Type = (int)bytes.Variable();
        if ((flags & 2) != 0)
        {
            bytes.Variable(); // sequence number
            bytes.Variable(); // the thread that took the event
            bytes.Variable(); // processor
        }

        if ((flags & 4) != 0) Thread = (long)bytes.Variable();
        if ((flags & 8) != 0) Stack = (int)bytes.Variable();
        bytes.Variable(); // time
        if ((flags & 16) != 0) bytes.Skip(16); // activity
        if ((flags & 32) != 0) bytes.Skip(16); // related activity
        if ((flags & 128) != 0) Length = (int)bytes.Variable();
    }
}
