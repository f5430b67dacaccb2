using System.Buffers;

namespace Braid.Wire;

internal static class Payload
{
    internal static void Write<T>(IBufferWriter<byte> output, T value) => throw new NotSupportedException();

    internal static T Read<T>(in ReadOnlySequence<byte> data) => throw new NotSupportedException();
}
