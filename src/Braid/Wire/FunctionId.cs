using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using Braid.Items;

namespace Braid.Wire;

/// <summary>
/// The identity of a function for another process: which assembly, which version of it, which method, closed over which types. Two work
/// objects made from the same function have equal identities. Immutable.
/// </summary>
internal sealed record FunctionId
{
    // Reflection on a method takes microseconds and `executor.RunAsync(Fn, x)` makes new work on every call. Bounded by the program's methods.
    // The key is a class: a dictionary of tuples would be compiled anew in every program, which takes milliseconds of its start.
    private static readonly ConcurrentDictionary<Key, FunctionId> Known = new();

    /// <summary>The work's name for people; not part of the identity, or a program that makes up names would define functions without end.</summary>
    internal required string Name { get; init; }

    internal string AssemblyName { get; private init; } = "";

    /// <summary>Where the assembly lies; empty in a single-file program, whose assemblies have names only.</summary>
    internal string AssemblyPath { get; private init; } = "";

    /// <summary>Changes with every compilation: the same token in another version is another method.</summary>
    internal Guid ModuleVersion { get; private init; }

    internal int MethodToken { get; private init; }

    /// <summary>Assembly-qualified names of the declaring type's arguments, then of the method's own, one to a line.</summary>
    internal string TypeArguments { get; private init; } = "";

    internal string MethodTypeArguments { get; private init; } = "";

    /// <summary>Assembly-qualified names of the types that travel; empty where they are the method's own, which may be wider.</summary>
    internal string ArgumentType { get; private init; } = "";

    internal string ResultType { get; private init; } = "";

    /// <summary>A full sentence if it cannot leave this process; null if it can.</summary>
    internal string? WhyNotPortable => Reason is null ? null : $"Work '{Name}' cannot run in another process: {Reason}.";

    private string? Reason { get; init; }

    /// <summary>Never throws: a function without an identity has a reason instead.</summary>
    internal static FunctionId Of(Delegate function, Type argument, Type result, string name)
    {
        try
        {
            if (Captures.WhyNot(function) is { } captured) return new() { Name = name, Reason = $"{captured}; pass what it needs in the argument" };
            var known = Known.GetOrAdd(new Key(function.Method, argument, result), static (key, name) => Describe(key.Method, key.Argument, key.Result, name), name);
            return known.Name == name ? known : known with { Name = name };
        }
        catch (Exception exception)
        {
            return new() { Name = name, Reason = $"it cannot be described ({exception.GetType().Name}: {exception.Message})" };
        }
    }

    /// <summary>The same function, whatever it is called.</summary>
    public bool Equals(FunctionId? other) =>
        ReferenceEquals(this, other)
        || (other is not null && MethodToken == other.MethodToken && ModuleVersion == other.ModuleVersion && AssemblyPath == other.AssemblyPath
            && AssemblyName == other.AssemblyName && TypeArguments == other.TypeArguments && MethodTypeArguments == other.MethodTypeArguments
            && ArgumentType == other.ArgumentType && ResultType == other.ResultType && Reason == other.Reason);

    /// <summary>Of the two fields that nearly always differ; a hash of every text would cost more than sending a call.</summary>
    public override int GetHashCode() => MethodToken ^ ModuleVersion.GetHashCode();

    internal void WriteTo(IBufferWriter<byte> output)
    {
        output.WriteText(Name);
        output.WriteText(AssemblyName);
        output.WriteText(AssemblyPath);
        output.Write(ModuleVersion.ToByteArray());
        output.WriteInt32(MethodToken);
        output.WriteText(TypeArguments);
        output.WriteText(MethodTypeArguments);
        output.WriteText(ArgumentType);
        output.WriteText(ResultType);
    }

    internal static FunctionId Read(ref FieldReader fields) => new()
    {
        Name = fields.ReadText(),
        AssemblyName = fields.ReadText(),
        AssemblyPath = fields.ReadText(),
        ModuleVersion = fields.ReadGuid(),
        MethodToken = fields.ReadInt32(),
        TypeArguments = fields.ReadText(),
        MethodTypeArguments = fields.ReadText(),
        ArgumentType = fields.ReadText(),
        ResultType = fields.ReadText(),
    };

    private static FunctionId Describe(MethodInfo method, Type argument, Type result, string name)
    {
        if (WhyNot(method, argument, result) is { } reason) return new() { Name = name, Reason = reason };
        var declaring = method.DeclaringType!;
        return new()
        {
            Name = name,
            AssemblyName = method.Module.Assembly.FullName!,
            AssemblyPath = method.Module.Assembly.Location,
            ModuleVersion = method.Module.ModuleVersionId,
            MethodToken = method.MetadataToken,
            TypeArguments = Names(declaring.IsGenericType ? declaring.GetGenericArguments() : []),
            MethodTypeArguments = Names(method.IsGenericMethod ? method.GetGenericArguments() : []),
            ArgumentType = argument == ArgumentOf(method) ? "" : argument.AssemblyQualifiedName!,
            ResultType = result == ResultOf(method) ? "" : result.AssemblyQualifiedName!,
        };
    }

    /// <summary>The type of a method's argument; an initializer has none.</summary>
    internal static Type ArgumentOf(MethodInfo method) => method.GetParameters() is [var first, ..] ? first.ParameterType : typeof(Nothing);

    /// <summary>The type of what a method gives in the end.</summary>
    internal static Type ResultOf(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask)) return typeof(Nothing);
        if (!type.IsConstructedGenericType) return type;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Task<>) || definition == typeof(ValueTask<>) ? type.GenericTypeArguments[0] : type;
    }

    /// <summary>Of a function that cannot leave this process for a reason that it does not show.</summary>
    internal static FunctionId Bound(string name, string reason) => new() { Name = name, Reason = reason };

    private static string Names(Type[] types) => types.Length == 0 ? "" : string.Join('\n', types.Select(t => t.AssemblyQualifiedName));

    private static string? WhyNot(MethodInfo method, Type argument, Type result)
    {
        if (Captures.WhyNotFound(method) is { } hidden) return hidden;
        if (PayloadTypes.WhyNot(argument) is { } argumentReason) return $"its argument cannot be sent: {argumentReason}";
        return PayloadTypes.WhyNot(result) is { } resultReason ? $"its result cannot be sent: {resultReason}" : null;
    }

    private sealed record Key(MethodInfo Method, Type Argument, Type Result);
}
