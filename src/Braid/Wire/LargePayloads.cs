namespace Braid.Wire;

/// <summary>Where a payload goes that is too large to travel in a frame: memory that the peer sees too. The frame then says where it lies.</summary>
/// <remarks>One payload at a time; while the peer has not let go of the last one, large payloads travel in their frames like others.</remarks>
internal abstract class LargePayloads
{
    /// <summary>From this length on a payload does not travel in its frame. Below, finding it elsewhere costs more than copying it.</summary>
    internal const int Threshold = 64 * 1024;

    /// <summary>True if a payload can be put there now.</summary>
    internal abstract bool IsFree { get; }

    /// <summary>Room behind what was written, at least so much. What was written stays.</summary>
    internal abstract Memory<byte> GetMemory(int written, int sizeHint);

    /// <summary>The payload is whole: writes where it lies. From now on it is the peer's, until that one lets go of it.</summary>
    internal abstract void WritePlace(FrameBuffer output, int length);
}
