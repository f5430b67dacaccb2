using System.Buffers;
using Braid.Wire;

namespace Braid.Tests.Wire;

/// <summary>What the tests of payloads share: there and back through a buffer, as between two processes.</summary>
internal static class Payloads
{
    internal static byte[] Encode<T>(T value)
    {
        var output = new FrameBuffer();
        Payload.Write(output, value);
        return output.Written.ToArray();
    }

    internal static T Decode<T>(byte[] bytes) => Payload.Read<T>(new ReadOnlySequence<byte>(bytes));

    internal static T RoundTrip<T>(T value) => Decode<T>(Encode(value));

    internal static string Text<T>(T value) => System.Text.Encoding.UTF8.GetString(Encode(value));

    /// <summary>Why values of the type are refused before anything runs; empty if they are not.</summary>
    internal static string WhyNot<T>() => PayloadTypes.WhyNot(typeof(T)) ?? "";
}
