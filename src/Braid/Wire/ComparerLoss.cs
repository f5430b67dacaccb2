using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>
/// The comparers of dictionaries and sets of one declared type, which JSON does not send: a copy has those that a new one has. Only a value knows
/// whether it has others, so it is asked when it is written.
/// </summary>
internal sealed class ComparerLoss
{
    private static readonly string[] Names = ["Comparer", "KeyComparer", "ValueComparer"];

    private static readonly Type[] Interfaces = [typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(ISet<>), typeof(IReadOnlySet<>)];

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Known = new();

    private readonly JsonTypeInfo _info;

    private ComparerLoss(JsonTypeInfo info) => _info = info;

    /// <summary>Null for a type that has no comparers.</summary>
    internal static ComparerLoss? Of(JsonTypeInfo info)
    {
        if (info.Kind is not (JsonTypeInfoKind.Dictionary or JsonTypeInfoKind.Enumerable)) return null;
        bool canHave = info.Type is { IsInterface: true, IsGenericType: true } ? Interfaces.Contains(info.Type.GetGenericTypeDefinition()) : ComparersOf(info.Type).Length > 0;
        return canHave ? new(info) : null;
    }

    /// <exception cref="WorkNotPortableException">The value has a comparer that its copy would not have.</exception>
    internal void Check(object value)
    {
        foreach (var property in ComparersOf(value.GetType()))
        {
            object comparer = property.GetValue(value)!;
            if (!AreSame(comparer, Default(property.PropertyType)) && !AreSame(comparer, OfANewOne(property))) throw Lost(value, property, comparer);
        }
    }

    // A class of the user's own may give its comparer to its base; a copy is made by the same constructor.
    private object? OfANewOne(PropertyInfo property) =>
        _info.CreateObject?.Invoke() is { } made && property.DeclaringType!.IsInstanceOfType(made) ? property.GetValue(made) : null;

    private static PropertyInfo[] ComparersOf(Type type) => Known.GetOrAdd(type, static type =>
        [.. type.GetProperties().Where(static property => property.GetIndexParameters().Length == 0 && Names.Contains(property.Name) && IsComparer(property.PropertyType))]);

    private static bool IsComparer(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() is var kind && (kind == typeof(IEqualityComparer<>) || kind == typeof(IComparer<>));

    private static object Default(Type comparer)
    {
        var kind = comparer.GetGenericTypeDefinition() == typeof(IComparer<>) ? typeof(Comparer<>) : typeof(EqualityComparer<>);
        return kind.MakeGenericType(comparer.GetGenericArguments()).GetProperty(nameof(Comparer<>.Default))!.GetValue(null)!;
    }

    // Texts are equal by default if they are the same by ordinal rules; in order by default if they are so in the current culture.
    private static bool AreSame(object one, object? other) =>
        Equals(one, other) || (ReferenceEquals(one, StringComparer.Ordinal) && ReferenceEquals(other, EqualityComparer<string>.Default));

    private static WorkNotPortableException Lost(object value, PropertyInfo property, object comparer)
    {
        string name = TypeName.Of(value.GetType());
        return new($"A {name} has a {property.Name} of its own, {TypeName.Of(comparer.GetType())}, which would be lost on the way: the copy would have the default one. "
            + $"Send one without it, and make it anew on the other side: new {name}(…, the comparer).");
    }
}
