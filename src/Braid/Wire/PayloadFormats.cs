using System.Numerics;
using System.Reflection;
using Braid.Items;

namespace Braid.Wire;

/// <summary>Which format a type has.</summary>
internal static class PayloadFormats
{
    internal static PayloadFormat<T> Choose<T>() => (PayloadFormat<T>)(Raw(typeof(T)) ?? new JsonFormat<T>());

    /// <summary>True if values of the type travel without JSON.</summary>
    internal static bool HasRaw(Type type) => Raw(type) is not null;

    private static object? Raw(Type type)
    {
        // The common ones first: those below load assemblies and attributes that a program with simple types never needs.
        if (type == typeof(string)) return new TextFormat();
        if (type == typeof(Nothing)) return new NothingFormat();
        return RawLayout.IsRaw(type) ? Make(typeof(RawFormat<>), type) : Rare(type);
    }

    private static object? Rare(Type type)
    {
        if (type == typeof(BigInteger)) return new BigIntegerFormat();

        // Not as it lies in memory: it has padding.
        if (type == typeof(DateTimeOffset)) return new ConvertedFormat<DateTimeOffset, Instant>(v => new(v.Ticks, v.Offset.Ticks), v => new(v.Ticks, new TimeSpan(v.Offset)));
        if (type.GetCustomAttribute<OwnFormatAttribute>() is { } own) return Activator.CreateInstance(own.Format);
        if (Nullable.GetUnderlyingType(type) is { } value) return HasRaw(value) ? Make(typeof(NullableFormat<>), value) : null;
        if (type.IsSZArray) return OfElements(typeof(ArrayFormat<>), type.GetElementType()!);
        return type.IsConstructedGenericType && Generic(type.GetGenericTypeDefinition()) is { } format ? OfElements(format, type.GenericTypeArguments[0]) : null;
    }

    private static Type? Generic(Type definition)
    {
        if (definition == typeof(List<>)) return typeof(ListFormat<>);
        if (definition == typeof(Memory<>)) return typeof(MemoryFormat<>);
        if (definition == typeof(ReadOnlyMemory<>)) return typeof(ReadOnlyMemoryFormat<>);
        return definition == typeof(ArraySegment<>) ? typeof(SegmentFormat<>) : null;
    }

    private static object? OfElements(Type format, Type element) => RawLayout.IsRaw(element) ? Make(format, element) : null;

    private static object Make(Type format, Type argument) => Activator.CreateInstance(format.MakeGenericType(argument))!;

    private readonly record struct Instant(long Ticks, long Offset);
}
