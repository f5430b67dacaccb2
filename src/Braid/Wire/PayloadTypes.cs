using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Braid.Items;

namespace Braid.Wire;

/// <summary>Which types can travel, decided from the declared type when work is given to an executor, before anything runs.</summary>
internal static class PayloadTypes
{
    private static readonly HashSet<Type> Collections =
    [
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(ISet<>),
        typeof(IReadOnlySet<>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>),
    ];

    /// <summary>Why values of the type cannot travel, as the end of a sentence; null if they can.</summary>
    internal static string? WhyNot(Type type)
    {
        if (type == typeof(Nothing)) return null;
        if (type.IsArray) return type.IsSZArray ? WhyNot(type.GetElementType()!) : $"{TypeName.Of(type)} has several dimensions; use an array of arrays";
        if (WhyNotByKind(type) is { } reason) return $"{TypeName.Of(type)} {reason}";
        if (!type.IsGenericType) return null;
        foreach (var argument in type.GetGenericArguments())
        {
            if (WhyNot(argument) is { } inner) return inner;
        }

        return null;
    }

    private static string? WhyNotByKind(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRef || type.IsByRefLike) return "points into this process's memory";
        if (typeof(Delegate).IsAssignableFrom(type)) return "is a delegate, whose captured variables stay in this process";
        if (typeof(Task).IsAssignableFrom(type) || Is(type, typeof(ValueTask), typeof(ValueTask<>))) return "is a task that runs in this process; await it first";
        if (type == typeof(CancellationToken)) return "belongs to this process; take it as the work's second parameter instead";
        if (typeof(Stream).IsAssignableFrom(type)) return "is open in this process only; send its content or its path";
        if (typeof(MemberInfo).IsAssignableFrom(type) || type == typeof(Assembly) || type == typeof(Module)) return "is part of this process's code; send its name";
        if (typeof(Exception).IsAssignableFrom(type)) return "is an exception, which JSON cannot hold; send what matters of it";
        if (typeof(WaitHandle).IsAssignableFrom(type) || typeof(System.Runtime.InteropServices.SafeHandle).IsAssignableFrom(type) || type == typeof(Thread)) return "is a handle of this process";
        if (type == typeof(object)) return "does not say what it holds; use the type itself";
        if (Is(type, typeof(IAsyncEnumerable<>)) || Is(type, typeof(Span<>), typeof(ReadOnlySpan<>))) return "is read in this process only; send its items";
        return WhyNotAbstract(type);
    }

    private static string? WhyNotAbstract(Type type)
    {
        if (!type.IsAbstract) return null;
        if (type.IsInterface && type.IsGenericType && Collections.Contains(type.GetGenericTypeDefinition())) return null;
        if (type.IsDefined(typeof(JsonDerivedTypeAttribute), false) || type.IsDefined(typeof(JsonConverterAttribute), false)) return null;
        if (typeof(JsonNode).IsAssignableFrom(type)) return null;
        string kind = type.IsInterface ? "is an interface" : "is abstract";
        return $"{kind} and does not say what it holds; use the type itself, or list what it can be in [JsonDerivedType]";
    }

    private static bool Is(Type type, Type plain, Type? generic = null) =>
        type == plain || (type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == plain || definition == generic));
}
