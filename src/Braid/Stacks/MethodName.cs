namespace Braid.Stacks;

/// <summary>What the source calls a method, from what the compiler has made of it.</summary>
internal static class MethodName
{
    /// <summary><c>Shop+&lt;SellAsync&gt;d__3</c> and <c>MoveNext</c> are <c>Shop.SellAsync</c>; a lambda is its method's.</summary>
    public static string Of(string type, string method)
    {
        var names = WithoutGenerics(type).Split('+');
        var last = names[^1];

        // An async method is a type of its own, whose MoveNext is the code.
        if (method == "MoveNext" && last.StartsWith('<') && last.LastIndexOf(">d", StringComparison.Ordinal) is > 0 and var end)
        {
            method = last[1..end];
            names = names[..^1];
        }

        return string.Join('.', names.Where(name => !name.StartsWith("<>c", StringComparison.Ordinal)).Append(Written(method)));
    }

    public static string Of(Type type, string method) => Of(type.FullName ?? type.Name, method);

    // <Outer>g__Local|0_1 is a local function, <Outer>b__2 a lambda, <Main>$ the code of a file without a class.
    private static string Written(string method)
    {
        if (!method.StartsWith('<') || method.LastIndexOf('>') is var end && end < 0) return method;
        var outer = Written(method[1..end]);
        var rest = method[(end + 1)..];
        if (rest.StartsWith("g__", StringComparison.Ordinal)) return rest[3..].Split('|')[0];
        return rest.StartsWith("b__", StringComparison.Ordinal) ? $"{outer} (lambda)" : outer;
    }

    // List`1[System.Int32] is List: the arguments tell little, and can be long.
    private static string WithoutGenerics(string type)
    {
        var bracket = type.IndexOf('[', StringComparison.Ordinal);
        if (bracket >= 0) type = type[..bracket];
        for (var tick = type.IndexOf('`', StringComparison.Ordinal); tick >= 0; tick = type.IndexOf('`', tick))
        {
            var end = tick + 1;
            while (end < type.Length && char.IsAsciiDigit(type[end])) end++;
            type = type.Remove(tick, end - tick);
        }

        return type;
    }
}
