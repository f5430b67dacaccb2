using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>Everything without a raw format, as JSON of its declared type.</summary>
internal sealed class JsonFormat<T> : PayloadFormat<T>
{
    // Where a writer that nobody uses points to, so that it does not keep the last message's buffer.
    private static readonly ArrayBufferWriter<byte> Nowhere = new();

    // A writer costs more than a small value. Taken while it is in use: a getter or a converter might write a payload, too.
    [ThreadStatic]
    private static Utf8JsonWriter? _idle;

    // Looked up at the first value: a type that JSON cannot describe then fails items, each with the reason, and not this type's initializer.
    private JsonTypeInfo<T>? _type;

    internal override void Write(IBufferWriter<byte> output, T value)
    {
        var type = _type ??= Find();
        try
        {
            var writer = _idle ?? new Utf8JsonWriter(Nowhere, PayloadJson.WriterOptions(type.Options));
            _idle = null;
            writer.Reset(output);
            JsonSerializer.Serialize(writer, value, type);
            writer.Flush();
            writer.Reset(Nowhere);
            _idle = writer;
        }
        catch (Exception exception) when (exception is not WorkNotPortableException)
        {
            // Any exception: the value's own getters and converters run here.
            throw new WorkNotPortableException($"A value of type {TypeName.Of(typeof(T))} cannot be encoded as JSON: {Reason(exception, type)}", exception);
        }
    }

    internal override T Read(ReadOnlySpan<byte> data)
    {
        var type = _type ??= Find();
        try
        {
            return JsonSerializer.Deserialize(data, type)!;
        }
        catch (Exception exception)
        {
            // Any exception: constructors, setters and converters run here.
            throw new WorkNotPortableException($"A value of type {TypeName.Of(typeof(T))} cannot be decoded from JSON: {exception.Message}", exception);
        }
    }

    private static string Reason(Exception exception, JsonTypeInfo type) => exception switch
    {
        JsonException => $"{BeforePath(exception.Message)} Objects may be {type.Options.MaxDepth} levels deep and must not refer to each other in a circle.",
        NotSupportedException => $"{exception.Message} Use a type of public properties or fields that JSON can hold, or send bytes.",
        _ => $"{exception.GetType().Name}: {exception.Message}",
    };

    // The path of a circle goes round it until the depth is reached; before it stands advice about options that are not the user's.
    private static string BeforePath(string message)
    {
        foreach (string end in (string[])[" Consider using", " Path:"])
        {
            if (message.IndexOf(end, StringComparison.Ordinal) is > 0 and var at) return message[..at];
        }

        return message;
    }

    private static JsonTypeInfo<T> Find() => (JsonTypeInfo<T>)PayloadJson.Describe(typeof(T), PayloadJson.OptionsOf(typeof(T)));
}
