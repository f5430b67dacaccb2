namespace Braid.Wire;

/// <summary>A type's name as people write it.</summary>
internal static class TypeName
{
    internal static string Of(Type type)
    {
        if (type.HasElementType) return Of(type.GetElementType()!) + (type.IsArray ? "[" + new string(',', type.GetArrayRank() - 1) + "]" : type.IsPointer ? "*" : "&");
        if (!type.IsGenericType) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value) + "?";
        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        string name = tick < 0 ? type.Name : type.Name[..tick];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }
}
