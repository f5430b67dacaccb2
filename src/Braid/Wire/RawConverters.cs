using System.Buffers;
using System.Collections.Frozen;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Braid.Wire;

/// <summary>Types that have a raw format and that JSON would lose: inside JSON they are their raw bytes in base 64.</summary>
internal sealed class RawConverters : JsonConverterFactory
{
    private static readonly FrozenSet<Type> Types = new[] { typeof(Rune), typeof(BigInteger), typeof(Complex) }.ToFrozenSet();

    public override bool CanConvert(Type typeToConvert) => Types.Contains(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(RawConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class RawConverter<T> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            PayloadFormat<T>.Instance.Read(reader.GetBytesFromBase64());

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteBase64StringValue(Bytes(value));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            PayloadFormat<T>.Instance.Read(Convert.FromBase64String(reader.GetString()!));

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(Convert.ToBase64String(Bytes(value)));

        private static ReadOnlySpan<byte> Bytes(T value)
        {
            var bytes = new ArrayBufferWriter<byte>();
            PayloadFormat<T>.Instance.Write(bytes, value);
            return bytes.WrittenSpan;
        }
    }
}
