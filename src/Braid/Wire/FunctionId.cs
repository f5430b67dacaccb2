using System.Buffers;

namespace Braid.Wire;

internal sealed class FunctionId
{
    internal string? WhyNotPortable { get; init; }

    internal static FunctionId Of(Delegate function, Type arg, Type result, string name) => new();

    internal void WriteTo(IBufferWriter<byte> output) => throw new NotSupportedException();
}
