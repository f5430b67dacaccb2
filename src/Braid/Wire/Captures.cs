using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Braid.Wire;

/// <summary>What binds a delegate to this process: variables that it captures, an object, code that has no name.</summary>
internal static class Captures
{
    private const BindingFlags InstanceFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Why the delegate needs this process, as the end of a sentence; null if it does not.</summary>
    internal static string? WhyNot(Delegate function)
    {
        if (!function.HasSingleTarget) return $"it is {function.GetInvocationList().Length} functions in one delegate";
        var method = function.Method;
        if (function.Target is not { } target) return method.IsStatic ? null : $"'{method.Name}' is an instance method without its object";
        if (method.IsStatic) return $"its first parameter is bound to an object of type {TypeName.Of(target.GetType())}";
        if (!IsClosure(target.GetType()))
        {
            return IsLambda(method)
                ? $"it captures 'this' of type {TypeName.Of(target.GetType())}"
                : $"'{method.Name}' is an instance method, so it captures 'this' of type {TypeName.Of(target.GetType())}";
        }

        var names = new List<string>();
        foreach (string name in Names(target))
        {
            if (!names.Contains(name)) names.Add(name);
        }

        return names.Count == 0 ? null : $"it captures {string.Join(" and ", names)}";
    }

    /// <summary>Why another process would not find the method, as the end of a sentence; null if it would.</summary>
    internal static string? WhyNotFound(MethodInfo method)
    {
        // A DynamicMethod has no declaring type.
        if (method.DeclaringType is null || method.Module.Assembly.IsDynamic)
            return $"'{method.Name}' was generated at run time and exists in this process only";
        var assembly = method.Module.Assembly;
        bool hasFile = assembly.Location.Length > 0;
        if (!hasFile && AssemblyLoadContext.GetLoadContext(assembly) != AssemblyLoadContext.Default)
            return $"its assembly '{assembly.GetName().Name}' was loaded from memory, where another process does not find it";
        return null;
    }

    /// <summary>True for the classes that the C# compiler makes to hold captured variables, or for lambdas that capture nothing.</summary>
    internal static bool IsClosure(Type type) => type.Name.StartsWith("<>", StringComparison.Ordinal) && type.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private static bool IsLambda(MethodInfo method) => method.Name.StartsWith('<');

    private static IEnumerable<string> Names(object closure)
    {
        foreach (var field in closure.GetType().GetFields(InstanceFields))
        {
            if (field.Name.EndsWith("__this", StringComparison.Ordinal)) yield return $"'this' of type {TypeName.Of(field.FieldType)}";

            // An inner scope's closure points to the outer one's; only the variables in them have names that people know.
            else if (IsClosure(field.FieldType))
            {
                foreach (string name in field.GetValue(closure) is { } outer ? Names(outer) : []) yield return name;
            }
            else if (!field.Name.Contains('<', StringComparison.Ordinal)) yield return $"the variable '{field.Name}'";
            else yield return $"a variable of type {TypeName.Of(field.FieldType)}";
        }
    }
}
