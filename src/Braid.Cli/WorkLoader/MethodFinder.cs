using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Braid.Wire;

namespace Braid.Cli.WorkLoader;

/// <summary>Finds the one static method that the user named, and says precisely why there is none.</summary>
internal static partial class MethodFinder
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // What says no more of a result than that one can go through it. Methods that return these are mostly iterators or queries.
    private static readonly Type[] LazyTypes =
        [typeof(System.Collections.IEnumerable), typeof(IEnumerable<>), typeof(IOrderedEnumerable<>), typeof(IAsyncEnumerable<>), typeof(IQueryable), typeof(IQueryable<>)];

    /// <param name="assembly">Where to look.</param>
    /// <param name="path">"Method", "Type.Method" or "Namespace.Type.Method"; a shorter form is fine while it names one method only.</param>
    /// <param name="place">The file as the user wrote it, for messages.</param>
    internal static MethodInfo Find(Assembly assembly, string path, string place)
    {
        var types = TypesOf(assembly, place);
        var dot = path.LastIndexOf('.');
        var typeName = dot < 0 ? null : path[..dot];
        var methodName = path[(dot + 1)..];
        var searched = typeName is null ? types : types.Where(type => Matches(type, typeName)).ToList();
        if (searched.Count == 0) throw NoType(types, typeName!, place);

        var found = searched.SelectMany(static type => type.GetMethods(Any)).Where(method => NameOf(method) == methodName).ToList();
        return found.Count switch
        {
            0 => throw NoMethod(types, searched, methodName, typeName, place),
            1 => Checked(found[0], place),
            _ => throw Ambiguous(found, methodName, place),
        };
    }

    /// <summary>How people write the method: "Type.Method"; a local function is known by its own name.</summary>
    internal static string Describe(MethodInfo method) =>
        LocalFunction().IsMatch(method.Name) ? NameOf(method) : $"{method.DeclaringType?.Name}.{method.Name}";

    private static List<Type> TypesOf(Assembly assembly, string place)
    {
        try
        {
            return [.. assembly.GetTypes()];
        }
        catch (ReflectionTypeLoadException exception)
        {
            var missing = exception.LoaderExceptions.FirstOrDefault(static e => e is not null)?.Message;
            throw new InputException($"{place}: its types cannot be loaded: {missing} Publish it, so that everything it needs lies beside it, and give that .dll.", exception);
        }
    }

    private static bool Matches(Type type, string name)
    {
        var full = type.FullName!.Replace('+', '.');
        return full == name || full.EndsWith($".{name}", StringComparison.Ordinal);
    }

    // The compiler calls the local function F of a program's statements "<<Main>$>g__F|0_0".
    private static string NameOf(MethodInfo method) => LocalFunction().Match(method.Name) is { Success: true } match ? match.Groups[1].Value : method.Name;

    [GeneratedRegex(@"^<.*>g__(\w+)\|\d+(?:_\d+)?$")]
    private static partial Regex LocalFunction();

    private static MethodInfo Checked(MethodInfo method, string place)
    {
        var name = $"{place}: {Describe(method)}";
        var parameters = method.GetParameters();
        if (LocalFunction().IsMatch(method.Name) && (!method.IsStatic || parameters.Any(static p => p.ParameterType.IsByRef)))
        {
            throw new InputException(
                $"{name} is a local function that captures variables around it, so it cannot be called from outside. "
                + "Give it what it needs as its argument and make it static, or move it into a class.");
        }

        if (!method.IsStatic)
            throw new InputException($"{name} is an instance method. Work is a function of one argument: make it static, and take what it needs from the instance as its argument.");
        if (method.ContainsGenericParameters)
            throw new InputException($"{name} is generic. Write a method for the type that you want to measure, and name that.");
        CheckParameters(name, parameters);
        CheckReturn(name, method);
        return method;
    }

    private static void CheckParameters(string name, ParameterInfo[] parameters)
    {
        var taken = parameters.Select(static p => p.ParameterType.Name).ToList();
        var hasToken = parameters.Length > 0 && parameters[^1].ParameterType == typeof(CancellationToken);
        var count = parameters.Length - (hasToken ? 1 : 0);
        if (count == 0) throw new InputException($"{name} takes no argument. Work is a function of one argument: add a parameter, for example an int.");
        if (count > 1)
        {
            throw new InputException(
                $"{name} has {count} parameters ({string.Join(", ", taken)}). Work is a function of one argument, with a CancellationToken "
                + "after it if you like: put them into a record, which is given as JSON.");
        }

        var type = parameters[0].ParameterType;
        if (type.IsByRef || type.IsPointer || type.IsByRefLike)
            throw new InputException($"{name} takes a {type.Name}, which cannot leave the stack. Take an array or a string instead.");
    }

    private static void CheckReturn(string name, MethodInfo method)
    {
        var type = method.ReturnType;
        if (LazyResult(type) is { } lazy)
        {
            throw new InputException(
                $"{name} returns {TypeName.Of(lazy)}, which is computed only when somebody reads it, so no engine would do the work. "
                + "Return a list or an array, for example with ToList().");
        }

        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
            throw new InputException($"{name} returns nothing, so there is nothing to compare between the engines. Return something, for example a count.");
        if (type.IsByRef || type.IsPointer || type.IsByRefLike)
            throw new InputException($"{name} returns a {type.Name}, which cannot leave the stack. Return an array or a string instead.");
    }

    /// <summary>The result's type if it says no more than that one can go through it; an async method's is what is awaited.</summary>
    private static Type? LazyResult(Type type)
    {
        var (result, _) = LoadedWork.Unwrap(type);
        var known = result.IsGenericType ? result.GetGenericTypeDefinition() : result;
        return LazyTypes.Contains(known) ? result : null;
    }

    private static InputException NoType(List<Type> types, string typeName, string place)
    {
        var names = types.Where(IsWritten).Select(static type => type.FullName!.Replace('+', '.')).ToList();
        var near = NearNames.Of(typeName, names.Concat(names.Select(static name => name[(name.LastIndexOf('.') + 1)..])));
        var hint = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : $"It has: {List(names)}.";
        return new InputException($"{place} has no type '{typeName}'. {hint}");
    }

    private static InputException NoMethod(List<Type> types, IReadOnlyList<Type> searched, string methodName, string? typeName, string place)
    {
        var methods = searched.Where(static type => IsWritten(type) || type.Name == "Program").SelectMany(static type => type.GetMethods(Any)).Where(IsUsable).ToList();
        var near = NearNames.Of(methodName, methods.Select(NameOf));
        var hint = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?"
            : methods.Count > 0 ? $"Methods there: {List(methods.Select(Describe))}."
            : "It has no static methods; add one that takes the argument and returns the result.";
        var elsewhere = types.SelectMany(static type => type.GetMethods(Any)).FirstOrDefault(method => typeName is not null && NameOf(method) == methodName);
        if (elsewhere is not null) hint = $"Did you mean {Describe(elsewhere)}?";
        return new InputException($"{place} has no method '{methodName}'{(typeName is null ? "" : $" in {typeName}")}. {hint}");
    }

    private static InputException Ambiguous(List<MethodInfo> found, string methodName, string place)
    {
        var types = found.Select(static method => method.DeclaringType).Distinct().ToList();
        var what = types.Count == 1 ? $"{found.Count} overloads of {Describe(found[0])}" : $"{found.Count} methods named '{methodName}': {List(found.Select(Describe))}";
        var todo = types.Count == 1 ? "Give the one to measure a name of its own." : "Write the type before it: Type.Method.";
        return new InputException($"{place} has {what}. {todo}");
    }

    private static bool IsWritten(Type type) => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.StartsWith('<');

    // Operators and accessors have special names and are nobody's work.
    private static bool IsUsable(MethodInfo method) => method is { IsStatic: true, IsSpecialName: false } && (!method.Name.Contains('<', StringComparison.Ordinal) || LocalFunction().IsMatch(method.Name));

    private static string List(IEnumerable<string> names)
    {
        const int most = 8;
        var all = names.Distinct().Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : "");
    }
}
