using System.Reflection;
using System.Reflection.Emit;
using Xunit;

namespace Braid.Tests.Architecture;

/// <summary>
/// Who may know whom (docs/design.md): reads the compiled methods and the types that they mention. Arrows point down, or stay in their
/// folder; no engine knows another.
/// </summary>
public sealed class LayerTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Braid = typeof(Executor).Assembly;

    // The engines: the public types at the root and the folder behind them.
    private static readonly Dictionary<string, Func<Type, bool>> Engines = new()
    {
        ["threads"] = type => type.Namespace == "Braid.Threads" || type.Name is nameof(ThreadExecutor),
        ["processes"] = type => type.Namespace == "Braid.Processes" || type.Name is "ProcessExecutor" or "ProcessWorker" or "SharedBuffer",
        ["loop"] = type => type.Namespace == "Braid.Loops" || type.Name is nameof(LoopExecutor) or nameof(EventLoop) or nameof(LoopSocket) or nameof(LoopListener) or nameof(LoopDatagramSocket) or nameof(LoopProcess) or nameof(LoopSignal),
        ["inline"] = type => type.Name is nameof(InlineExecutor),
    };

    public static TheoryData<string> EngineNames => [.. Engines.Keys];

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void No_engine_knows_another(string engine)
    {
        var wrong =
            from user in Types().Where(Engines[engine])
            from used in Mentions(user)
            from other in Engines.Where(other => other.Key != engine && other.Value(used))
            select $"{user.FullName} ({engine}) knows {used.FullName} ({other.Key})";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void The_item_the_call_and_the_wire_know_no_engine()
    {
        string[] below = ["Braid.Items", "Braid.Wire", "Braid.Tracing", "Braid.Posix"];
        string[] root = [nameof(Executor), nameof(ExecutorExtensions), nameof(TaskGroup), nameof(WorkItem), nameof(Work), nameof(Timeline)];
        var wrong =
            from user in Types().Where(type => below.Contains(type.Namespace) || (type.Namespace == "Braid" && root.Contains(type.Name.Split('`')[0])))
            from used in Mentions(user)
            from engine in Engines.Where(engine => engine.Value(used))
            select $"{user.FullName} knows {used.FullName} ({engine.Key})";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void Reports_are_functions_of_data_and_know_nothing_that_runs()
    {
        var wrong =
            from user in Types().Where(type => type.Namespace == "Braid.Tracing")
            from used in Mentions(user)
            where used == typeof(Executor) || used == typeof(WorkItem) || used.Namespace == "Braid.Items" || typeof(TimeProvider).IsAssignableFrom(used)
            select $"{user.FullName} knows {used.FullName}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void The_core_has_no_package_references()
    {
        var allowed = new[] { "System.", "Microsoft.Win32.", "netstandard", "mscorlib" };
        Assert.All(Braid.GetReferencedAssemblies(), reference => Assert.Contains(allowed, prefix => reference.Name!.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_is_a_namespace()
    {
        var namespaces = Types().Where(type => type.Namespace is not null).Select(type => type.Namespace!).Where(name => name.StartsWith("Braid", StringComparison.Ordinal)).Distinct().Order();
        Assert.Equal(["Braid", "Braid.Items", "Braid.Loops", "Braid.Posix", "Braid.Processes", "Braid.Stacks", "Braid.Threads", "Braid.Tracing", "Braid.Wire"], namespaces);
        Assert.All(Types().Where(type => type.IsPublic), type => Assert.Equal("Braid", type.Namespace));
    }

    private static IEnumerable<Type> Types() =>
        Braid.GetTypes().Select(Outermost).Distinct().Where(type => type.Namespace?.StartsWith("Braid", StringComparison.Ordinal) == true);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The types of Braid that a type, its nested ones included, mentions in its signatures and its code.</summary>
    private static IEnumerable<Type> Mentions(Type type)
    {
        var own = Braid.GetTypes().Where(candidate => Outermost(candidate) == type);
        return own.SelectMany(Signatures).Concat(own.SelectMany(Bodies)).SelectMany(Parts)
            .Where(used => used.Assembly == Braid).Select(Outermost).Where(used => used != type).Distinct();
    }

    private static IEnumerable<Type> Signatures(Type type)
    {
        if (type.BaseType is { } parent) yield return parent;
        foreach (var contract in type.GetInterfaces()) yield return contract;
        foreach (var field in type.GetFields(Everything)) yield return field.FieldType;
        foreach (var method in type.GetMethods(Everything))
        {
            yield return method.ReturnType;
            foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
        }
    }

    private static IEnumerable<Type> Bodies(Type type) =>
        type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything))
            .Select(method => (Method: method, Code: method.GetMethodBody()?.GetILAsByteArray()))
            .Where(body => body.Code is not null)
            .SelectMany(body => Tokens(body.Code!).SelectMany(token => Resolve(body.Method, token)));

    private static IEnumerable<Type> Resolve(MethodBase method, int token)
    {
        MemberInfo? member;
        try
        {
            var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
            member = method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (ArgumentException)
        {
            return [];
        }

        return member switch
        {
            Type type => [type],
            MethodInfo { DeclaringType: { } type, IsGenericMethod: true } generic => [type, .. generic.GetGenericArguments()],
            { DeclaringType: { } type } => [type],
            _ => [],
        };
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }

    /// <summary>The metadata tokens in a method's code.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
            var opcode = OpCodes[value];
            at += opcode.Size;
            if (opcode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return BitConverter.ToInt32(code, at);
            at += opcode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(opcode => opcode.Value);
}
