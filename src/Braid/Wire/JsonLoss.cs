using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>What of a type's state JSON would lose in silence.</summary>
/// <remarks>
/// State is fields. A field is safe if JSON writes and reads it or its property. A field behind a property with code of its own is taken as safe if
/// there are as many such properties as fields: which belongs to which only the code knows.
/// </remarks>
internal static class JsonLoss
{
    private const BindingFlags DeclaredFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const string Advice = "make it public, or mark it [JsonInclude] to send it or [JsonIgnore] to leave it behind";

    /// <summary>As the end of a sentence; null if nothing is lost.</summary>
    internal static string? Of(JsonTypeInfo info)
    {
        // A resolver of the user's own leaves out what it means to leave out.
        if (info.OriginatingResolver is not (null or JsonSerializerContext) && info.OriginatingResolver.GetType() != typeof(DefaultJsonTypeInfoResolver)) return null;
        if ((WhyNotMade(info) ?? OfFields(info)) is not { } loss) return null;
        return IsFramework(info.Type) ? WhyNotFramework(info.Type) : loss;
    }

    /// <summary>The same for a type that JSON treats as the elements that it has.</summary>
    internal static string? OfCollection(JsonTypeInfo info)
    {
        if (LostMember(info.Type) is { } member) return $"{TypeName.Of(info.Type)} is a collection, of which JSON sends the elements only; its '{member}' would be lost";
        if (info.Type.IsArray) return null;
        try
        {
            // There is no other way to ask: the first value would show it.
            JsonSerializer.Deserialize(info.KeyType is null ? "[]"u8 : "{}"u8, info);
            return null;
        }
        catch (Exception exception)
        {
            return $"{TypeName.Of(info.Type)} cannot be made from JSON ({exception.Message.TrimEnd('.')}); use an array, a List or a Dictionary";
        }
    }

    /// <summary>Nobody can change how .NET's own types are made, so what there is of theirs that JSON does not see is not worth telling.</summary>
    internal static string WhyNotFramework(Type type) =>
        $"{TypeName.Of(type)} is not made for JSON; send what matters of it, such as its text, name or pattern, and make it anew in the work";

    private static string? WhyNotMade(JsonTypeInfo info)
    {
        string name = TypeName.Of(info.Type);
        if (info.ConstructorAttributeProvider is ConstructorInfo constructor)
        {
            foreach (var parameter in constructor.GetParameters())
            {
                if (!info.Properties.Any(property => property.AssociatedParameter?.Name == parameter.Name))
                    return $"{name} has a constructor whose parameter '{parameter.Name}' has no property or field of that name and type to take its value from; add one, or another constructor with [JsonConstructor]";
            }
        }
        else if (info.CreateObject is null)
        {
            return $"{name} has no public constructor that JSON could choose; mark one with [JsonConstructor]";
        }

        return null;
    }

    private static string? OfFields(JsonTypeInfo info)
    {
        var restored = info.Properties.Where(property => property.Get is not null && JsonContract.IsRestored(info, property)).Select(property => property.AttributeProvider).ToList();
        var fields = restored.Select(member => member as FieldInfo ?? (member is PropertyInfo property ? JsonContract.BackingField(property) : null)).ToList();
        int withCode = fields.Count(field => field is null);
        var safe = fields.OfType<FieldInfo>().Select(Identity).ToHashSet();
        var lost = Fields(info.Type).Where(field => !safe.Contains(Identity(field)) && !IsLeftBehind(field)).ToList();
        if (lost.FirstOrDefault(field => field.IsPublic || PropertyOf(field) is not null) is { } certain) return Lost(certain);
        return lost.Count > withCode ? Lost(lost[^1]) : null;
    }

    // The same field has another object for each type that it was asked of.
    private static (Module, int) Identity(FieldInfo field) => (field.Module, field.MetadataToken);

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var current = type; current is not null && current != typeof(object); current = current.BaseType)
        {
            foreach (var field in current.GetFields(DeclaredFields)) yield return field;
        }
    }

    private static string Lost(FieldInfo field)
    {
        string owner = TypeName.Of(field.DeclaringType!);
        if (PropertyOf(field) is { } property) return $"{owner} has a property '{property.Name}' that JSON would lose; {Advice}";
        string name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
        return $"{owner} has a field '{name}' that JSON would lose; {Advice}";
    }

    private static bool IsLeftBehind(FieldInfo field) =>
        IsIgnored(field) || IsEvent(field) || (PropertyOf(field) is { } property && IsIgnored(property));

    // Subscribers are functions of this process, and everybody knows it.
    private static bool IsEvent(FieldInfo field) =>
        typeof(Delegate).IsAssignableFrom(field.FieldType) && field.DeclaringType!.GetEvent(field.Name, DeclaredFields) is not null;

    private static bool IsIgnored(MemberInfo member) => member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always };

    private static PropertyInfo? PropertyOf(FieldInfo field)
    {
        int end = field.Name.StartsWith('<') ? field.Name.IndexOf(">k__BackingField", StringComparison.Ordinal) : -1;
        return end < 0 ? null : field.DeclaringType!.GetProperty(field.Name[1..end], DeclaredFields);
    }

    // Of a collection's private fields nobody knows which hold the elements; what the user's own class shows to everybody besides is not them.
    private static string? LostMember(Type type)
    {
        for (var current = type; current is not null && !IsFramework(current); current = current.BaseType)
        {
            var field = current.GetFields(DeclaredFields).FirstOrDefault(field => (field.IsPublic || PropertyOf(field) is not null) && !IsLeftBehind(field));
            if (field is not null) return PropertyOf(field)?.Name ?? field.Name;
        }

        return null;
    }

    internal static bool IsFramework(Type type) => type.IsArray || type.Assembly == typeof(object).Assembly || type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);
}
