using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>Goes through everything that a type is made of, as JSON sees it, until it finds what cannot travel.</summary>
internal sealed class JsonWalk(Type root, HashSet<Type>? seen = null)
{
    private static readonly FrozenSet<Type> Keys = new[]
    {
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Uri),
        typeof(Version), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Rune), typeof(Complex),
    }.ToFrozenSet();

    // JSON writes the newest first and reads the newest last.
    private static readonly FrozenSet<Type> Stacks =
        new[] { typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>) }.ToFrozenSet();

    private readonly HashSet<Type> _seen = seen ?? [];
    private readonly Stack<string> _path = new();

    // Set at the start: a context that cannot be made is a reason, too.
    private JsonSerializerOptions _options = JsonSerializerOptions.Default;

    /// <summary>As the end of a sentence, with the way to it; null if everything travels.</summary>
    internal string? WhyNot()
    {
        try
        {
            _options = PayloadJson.OptionsOf(root);
            return Visit(root);
        }
        catch (WorkNotPortableException exception)
        {
            return Located(exception.Message.TrimEnd('.'));
        }
    }

    private string? Visit(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Visit(value);
        if (!_seen.Add(type)) return null;
        if (ConstantConverters.ValueTypeOf(type) is { } constant) return VisitConstant(constant);
        if (PayloadTypes.WhyNotByShape(type) is { } shape) return Located(shape);
        if (PayloadTypes.WhyNotByKind(type) is { } kind) return HasOwnConverter(type) ? null : Located(kind);
        if (Describe(type) is not { } info) return Located(JsonLoss.WhyNotFramework(type));
        return info.Kind switch
        {
            _ when IsOwn(info.Converter) => null,
            JsonTypeInfoKind.Object => VisitObject(info),
            JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => VisitCollection(info),
            _ => null,
        };
    }

    /// <summary>Null for a type of .NET's own that JSON does not know: how it is made would be no answer.</summary>
    /// <exception cref="WorkNotPortableException">JSON does not know it.</exception>
    private JsonTypeInfo? Describe(Type type)
    {
        try
        {
            return PayloadJson.Describe(type, _options);
        }
        catch (WorkNotPortableException) when (JsonSerializer.IsReflectionEnabledByDefault && !type.IsGenericType && JsonLoss.IsFramework(type))
        {
            return null;
        }
    }

    private string? VisitObject(JsonTypeInfo info)
    {
        if (info.PolymorphismOptions is { } polymorphism)
        {
            foreach (var derived in polymorphism.DerivedTypes)
            {
                if (derived.TypeDiscriminator is null && derived.DerivedType != info.Type)
                    return Located($"{TypeName.Of(info.Type)} lists {TypeName.Of(derived.DerivedType)} in [JsonDerivedType] without a name, so it would come back as its base; give it one as the second argument");
                if (Visit(derived.DerivedType) is { } inner) return inner;
            }
        }
        else if (info.Type.IsAbstract) return Located(WhyNotAbstract(info.Type));

        if (!info.Type.IsAbstract && JsonLoss.Of(info) is { } loss) return Located(loss);
        return VisitProperties(info);
    }

    // Sent by itself, in the format and with the JSON options that its own type has.
    private string? VisitConstant(Type type)
    {
        if (PayloadTypes.WhyNotByShape(type) is { } shape) return Located(shape);
        return !PayloadFormats.HasRaw(type) && new JsonWalk(type, _seen).WhyNot() is { } reason ? Located(reason) : null;
    }

    private string? VisitProperties(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
        {
            if (property.Get is null || property.IsExtensionData || property.CustomConverter is { } own && IsOwn(own)) continue;
            if (VisitPart(property.PropertyType, property.Name) is { } inner) return inner;
        }

        return null;
    }

    private string? VisitCollection(JsonTypeInfo info)
    {
        if (info.Type.IsGenericType && Stacks.Contains(info.Type.GetGenericTypeDefinition()))
            return Located($"{TypeName.Of(info.Type)} would come back in reverse; send an array");
        if (info.KeyType is { } key && !IsKey(key)) return Located($"{TypeName.Of(key)} cannot be the key of a dictionary in JSON; send an array of KeyValuePair");
        string part = info.KeyType is null ? "[]" : "[key]";
        if (VisitPart(info.ElementType!, part) is { } inner) return inner;
        return JsonLoss.OfCollection(info) is { } loss ? Located(loss) : null;
    }

    private string? VisitPart(Type type, string name)
    {
        _path.Push(name.StartsWith('[') ? name : "." + name);
        string? reason = Visit(type);
        _path.Pop();
        return reason;
    }

    private static string WhyNotAbstract(Type type)
    {
        string kind = type.IsInterface ? "is an interface" : "is abstract";
        return $"{TypeName.Of(type)} {kind} and does not say what it holds; use the type itself, or list what it can be in [JsonDerivedType(typeof(…), \"a name\")]";
    }

    private bool IsKey(Type type) =>
        Keys.Contains(type) || type.IsEnum || (type.IsPrimitive && !RawLayout.IsAddress(type)) || HasOwnConverter(type);

    private bool HasOwnConverter(Type type)
    {
        try
        {
            return IsOwn(_options.GetTypeInfo(type).Converter);
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            // JSON does not know the type; the caller has the reason.
            return false;
        }
    }

    // Whoever writes a converter answers for what it writes.
    private static bool IsOwn(JsonConverter converter) => converter.GetType().Assembly != typeof(JsonSerializer).Assembly;

    private string Located(string reason)
    {
        string path = string.Concat(_path.Reverse());
        return path.Length == 0 ? reason : path.StartsWith('[') ? $"{reason} (in {TypeName.Of(root)}, at {path})" : $"{reason} (at {TypeName.Of(root)}{path})";
    }
}
