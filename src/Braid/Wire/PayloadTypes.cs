using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Braid.Wire;

/// <summary>Which types can travel, decided from the declared type when work is given to an executor, before anything runs.</summary>
internal static class PayloadTypes
{
    private static readonly ConcurrentDictionary<Type, string?> Known = new();

    /// <summary>Why values of the type cannot travel, or would not arrive as they were, as the end of a sentence; null if they do.</summary>
    internal static string? WhyNot(Type type) => Known.GetOrAdd(type, static type => WhyNotByShape(type) ?? (PayloadFormats.HasRaw(type) ? null : new JsonWalk(type).WhyNot()));

    /// <summary>Why not, for what would be refused whatever it contains.</summary>
    internal static string? WhyNotByShape(Type type)
    {
        string name = TypeName.Of(type);
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRef || type.IsByRefLike) return $"{name} points into this process's memory";
        if (type.IsArray && !type.IsSZArray) return $"{name} has several dimensions; use an array of arrays";
        return null;
    }

    /// <summary>Why not, for types that are bound to this process.</summary>
    internal static string? WhyNotByKind(Type type) => Reason(type) is { } reason ? $"{TypeName.Of(type)} {reason}" : null;

    private static string? Reason(Type type)
    {
        if (type.GetCustomAttribute<OwnFormatAttribute>() is { } own) return own.WhyNotInside;
        if (Is<Delegate>(type)) return "is a delegate, whose captured variables stay in this process";
        if (Is<Task>(type) || IsAny(type, typeof(ValueTask), typeof(ValueTask<>))) return "is a task that runs in this process; await it first";
        if (IsAny(type, typeof(CancellationToken), typeof(CancellationTokenSource))) return "belongs to this process; take a CancellationToken as the work's second parameter instead";
        if (Is<Stream>(type) || Is<TextReader>(type) || Is<TextWriter>(type)) return "is open in this process only; send its content or its path";
        if (Is<MemberInfo>(type) || Is<Assembly>(type) || Is<Module>(type)) return "is part of this process's code; send its name";
        if (Is<Exception>(type)) return "is an exception, which JSON cannot hold; send what matters of it";
        if (Is<WaitHandle>(type) || Is<SafeHandle>(type) || Is<CriticalHandle>(type) || IsAny(type, typeof(GCHandle), typeof(Thread))) return "is a handle of this process";
        if (RawLayout.IsAddress(type)) return "is an address or a handle in this process; for a number use long";
        if (type == typeof(object)) return "does not say what it holds; use the type itself";
        if (IsAny(type, typeof(IAsyncEnumerable<>))) return "is read in this process only; send its items";
        return null;
    }

    private static bool Is<TBase>(Type type) => typeof(TBase).IsAssignableFrom(type);

    private static bool IsAny(Type type, params ReadOnlySpan<Type> types) => types.Contains(type) || (type.IsGenericType && types.Contains(type.GetGenericTypeDefinition()));
}
