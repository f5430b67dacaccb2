using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>
/// Makes what JSON knows of a type fit for a copy. What is state is restored, also where the type lets nobody set it; what is computed is
/// not sent; and an object of a derived type is refused, where .NET would drop what it adds, as is a comparer that would not arrive.
/// </summary>
internal static class JsonContract
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    internal static void Complete(JsonTypeInfo info)
    {
        if (info.Kind == JsonTypeInfoKind.Object) CompleteProperties(info);
        var (own, declared, mustBeExact, comparers) = (info.OnSerializing, info.Type, MustBeExact(info), ComparerLoss.Of(info));
        if (!mustBeExact && comparers is null) return;
        info.OnSerializing = value =>
        {
            if (mustBeExact && value.GetType() != declared) throw Sliced(value.GetType(), declared);
            comparers?.Check(value);
            own?.Invoke(value);
        };
    }

    internal static WorkNotPortableException Sliced(Type actual, Type declared) => new(
        $"A {TypeName.Of(actual)} was given where {TypeName.Of(declared)} is declared; what it adds would be lost on the way. "
        + $"Declare the exact type, or list it in [JsonDerivedType] on {TypeName.Of(declared)}, with a name.");

    /// <summary>True if what is written of the member is read again.</summary>
    internal static bool IsRestored(JsonTypeInfo info, JsonPropertyInfo property) => IsSet(property) || IsPopulated(info, property);

    /// <summary>Where an automatic property, or one of an anonymous type, keeps its value; null for other properties.</summary>
    internal static FieldInfo? BackingField(PropertyInfo property) =>
        property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", Declared) ?? property.DeclaringType.GetField($"<{property.Name}>i__Field", Declared);

    // Sealed and value types have no derived ones, of abstract ones there are no objects, and where derived types are listed JSON itself refuses the others.
    private static bool MustBeExact(JsonTypeInfo info) =>
        info.Kind != JsonTypeInfoKind.None && info.PolymorphismOptions is null && info.Type is { IsSealed: false, IsAbstract: false, IsValueType: false };

    private static void CompleteProperties(JsonTypeInfo info)
    {
        for (int i = info.Properties.Count - 1; i >= 0; i--)
        {
            var property = info.Properties[i];
            if (property.Get is null || IsSet(property)) continue;
            if (Setter(property.AttributeProvider) is { } setter) property.Set = setter;
            else if (!IsPopulated(info, property)) info.Properties.RemoveAt(i);
        }
    }

    // { get; }, { get; private set; } and readonly fields: a copy has to set them, too. Null for a property that is computed.
    private static Action<object, object?>? Setter(ICustomAttributeProvider? member)
    {
        if (member is FieldInfo field) return field.SetValue;
        if (member is not PropertyInfo { DeclaringType: { } declaring } property) return null;
        if (BackingField(property) is { } backing) return backing.SetValue;
        var declared = declaring.GetProperty(property.Name, Declared);
        return declared?.SetMethod is null ? null : declared.SetValue;
    }

    private static bool IsSet(JsonPropertyInfo property) => property.Set is not null || property.AssociatedParameter is not null || property.IsExtensionData;

    // The user asked JSON to add to the collection that is there.
    private static bool IsPopulated(JsonTypeInfo info, JsonPropertyInfo property) =>
        (property.ObjectCreationHandling ?? info.PreferredPropertyObjectCreationHandling ?? info.Options.PreferredObjectCreationHandling)
        == JsonObjectCreationHandling.Populate;
}
