using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>Everything without a raw format, as JSON of its declared type.</summary>
internal sealed class JsonFormat<T> : PayloadFormat<T>
{
    private static readonly string Name = TypeName.Of(typeof(T));

    // Looked up at the first value: a type that JSON cannot describe then fails items, each with the reason, and not this type's initializer.
    private JsonTypeInfo<T>? _type;

    internal override void Write(IBufferWriter<byte> output, T value)
    {
        var type = TypeInfo();
        RefuseSlicing(value, type);
        try
        {
            using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder, MaxDepth = PayloadJson.Options.MaxDepth, SkipValidation = true });
            JsonSerializer.Serialize(writer, value, type);
        }
        catch (Exception exception)
        {
            // Any exception: the value's own getters and converters run here.
            throw new PayloadException($"A value of type {Name} cannot be encoded as JSON: {exception.Message} Use a type of public properties or fields that JSON can hold, or send bytes.", exception);
        }
    }

    internal override T Read(ReadOnlySpan<byte> data)
    {
        var type = TypeInfo();
        try
        {
            return JsonSerializer.Deserialize(data, type)!;
        }
        catch (Exception exception)
        {
            throw new PayloadException($"A value of type {Name} cannot be decoded from JSON: {exception.Message} Give it a constructor or settable properties for what it holds.", exception);
        }
    }

    // JSON writes what the declared type has. What a derived type adds would be lost in silence, so it is refused.
    private static void RefuseSlicing(T value, JsonTypeInfo<T> type)
    {
        if (value is null || type.Kind != JsonTypeInfoKind.Object || type.PolymorphismOptions is not null || value.GetType() == typeof(T)) return;
        if (Nullable.GetUnderlyingType(typeof(T)) is not null) return;
        throw new PayloadException(
            $"A {TypeName.Of(value.GetType())} was given where {Name} is declared; what it adds would be lost on the way. Declare the exact type, or list it in [JsonDerivedType] on {Name}.");
    }

    private JsonTypeInfo<T> TypeInfo()
    {
        if (_type is { } known) return known;
        try
        {
            return _type = (JsonTypeInfo<T>)PayloadJson.Options.GetTypeInfo(typeof(T));
        }
        catch (Exception exception)
        {
            throw new PayloadException(PayloadJson.WhyUnknown(Name, exception), exception);
        }
    }
}

/// <summary>The JSON that both sides speak.</summary>
internal static class PayloadJson
{
    // Deeper than JSON's usual 64, for trees; far from where recursion would end the process.
    private const int MostDepth = 256;

    internal static readonly JsonSerializerOptions Options = new()
    {
        IncludeFields = true, // Value tuples have nothing but fields.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // It is never part of a page, and text stays one byte a letter.
        MaxDepth = MostDepth,
        TypeInfoResolver = new ResolverChain(),
    };

    private static readonly Lock Gate = new();
    private static IJsonTypeInfoResolver[] _generated = [];

    /// <summary>Adds a source-generated context, asked before reflection; for programs that turn reflection off.</summary>
    internal static void Register(IJsonTypeInfoResolver generated)
    {
        // The gate guards _generated against two registrations at once; readers take the array as it is.
        lock (Gate) _generated = [.. _generated, generated];
    }

    internal static string WhyUnknown(string name, Exception exception)
    {
        if (JsonSerializer.IsReflectionEnabledByDefault) return $"The type {name} cannot be described as JSON: {exception.Message} Use a type that JSON can hold, or send bytes.";
        return $"The type {name} travels as JSON, and this program has reflection-based JSON turned off. "
            + "In a file-based program add the line '#:property PublishAot=false'; in a project set JsonSerializerIsReflectionEnabledByDefault to true.";
    }

    private sealed class ResolverChain : IJsonTypeInfoResolver
    {
        private readonly DefaultJsonTypeInfoResolver? _reflection = JsonSerializer.IsReflectionEnabledByDefault ? new() : null;

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
        {
            foreach (var resolver in _generated)
            {
                if (resolver.GetTypeInfo(type, options) is { } found) return found;
            }

            return _reflection?.GetTypeInfo(type, options);
        }
    }
}
