using System.Text.Json;
using System.Text.Json.Serialization;

namespace Braid.Wire;

/// <summary>A constant inside JSON is its number. On the way to a worker only.</summary>
internal sealed class ConstantConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => ValueTypeOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(ConstantConverter<>).MakeGenericType(ValueTypeOf(typeToConvert)!))!;

    /// <summary>The type of the value, if the type is that of a constant.</summary>
    internal static Type? ValueTypeOf(Type type) =>
        type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Constant<>) ? type.GenericTypeArguments[0] : null;

    private sealed class ConstantConverter<T> : JsonConverter<Constant<T>>
    {
        public override Constant<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ConstantTable.Find<T>(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Constant<T> value, JsonSerializerOptions options)
        {
            if (ConstantSender.Current is not { } sender)
                throw new WorkNotPortableException($"A {TypeName.Of(typeof(Constant<T>))} can be part of a work's argument, and of nothing else. Return or write its Value.");
            sender.Use(value);
            writer.WriteNumberValue(((IConstant)value).Identity.Number);
        }
    }
}
