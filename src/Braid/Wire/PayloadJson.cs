using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>The JSON that both sides speak: which options a type has.</summary>
internal static class PayloadJson
{
    // Deeper than JSON's usual 64, for trees; far from where recursion would end the process.
    private const int MostDepth = 256;

    private static readonly JsonSerializerOptions Default = Complete(new(), own: null);

    /// <summary>The user's options if a context of theirs knows the type or what it is made of; ours otherwise.</summary>
    /// <exception cref="WorkNotPortableException">A context cannot be made.</exception>
    internal static JsonSerializerOptions OptionsOf(Type type) => PayloadContexts.Find(type)?.Options ?? Default;

    /// <summary>How JSON sees a type.</summary>
    /// <exception cref="WorkNotPortableException">It cannot.</exception>
    internal static JsonTypeInfo Describe(Type type, JsonSerializerOptions options)
    {
        try
        {
            return options.GetTypeInfo(type);
        }
        catch (Exception exception)
        {
            throw new WorkNotPortableException(WhyUnknown(TypeName.Of(type), exception), exception);
        }
    }

    /// <summary>Options of a user's context, with what a payload needs besides.</summary>
    internal static JsonSerializerOptions Complete(JsonSerializerOptions options, IJsonTypeInfoResolver? own)
    {
        var complete = new JsonSerializerOptions(options)
        {
            IncludeFields = true, // Value tuples have nothing but fields.
            NumberHandling = options.NumberHandling | JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Encoder = WholeText.Encoder,
            MaxDepth = options.MaxDepth == 0 ? MostDepth : options.MaxDepth,
            WriteIndented = false,

            // These would change or leave out data; they are made for readers other than the type itself.
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            IgnoreReadOnlyProperties = false,
            IgnoreReadOnlyFields = false,
        };
        complete.Converters.Add(new RawConverters());
        complete.TypeInfoResolver = new ContractResolver(own);
        complete.MakeReadOnly();
        return complete;
    }

    internal static JsonWriterOptions WriterOptions(JsonSerializerOptions options) =>
        new() { Encoder = options.Encoder, MaxDepth = options.MaxDepth, SkipValidation = true };

    private static string WhyUnknown(string name, Exception exception)
    {
        if (JsonSerializer.IsReflectionEnabledByDefault) return $"The type {name} cannot be described as JSON: {exception.Message} Use a type that JSON can hold, or send bytes.";
        return $"The type {name} travels as JSON, and this program has reflection-based JSON turned off. List it in a JsonSerializerContext that "
            + "[assembly: PayloadContext<…>] names. Or turn it on: in a file-based program with the line '#:property PublishAot=false', "
            + "in a project by setting JsonSerializerIsReflectionEnabledByDefault to true.";
    }

    /// <summary>The user's context, then reflection; either with the contract completed.</summary>
    private sealed class ContractResolver(IJsonTypeInfoResolver? own) : IJsonTypeInfoResolver
    {
        private readonly DefaultJsonTypeInfoResolver? _reflection = JsonSerializer.IsReflectionEnabledByDefault ? new() : null;

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
        {
            var info = own?.GetTypeInfo(type, options) ?? _reflection?.GetTypeInfo(type, options);
            if (info is not null) JsonContract.Complete(info);
            return info;
        }
    }
}
