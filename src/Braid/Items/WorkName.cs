using Braid.Stacks;

namespace Braid.Items;

/// <summary>A short name for people from what the caller wrote.</summary>
internal static class WorkName
{
    private const int Longest = 60;

    internal static string Of(string expression, Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (string.IsNullOrWhiteSpace(expression)) return function.Method.DeclaringType is { } type ? MethodName.Of(type.Name, function.Method.Name) : function.Method.Name;
        return Shorten(expression, Longest);
    }

    /// <summary>One line, at most <paramref name="longest"/> characters, never half of a surrogate pair.</summary>
    internal static string Shorten(string text, int longest)
    {
        if (text.AsSpan().ContainsAny('\r', '\n', '\t')) text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return Cut(text, longest);
    }

    /// <summary>At most <paramref name="longest"/> characters, never half of a surrogate pair.</summary>
    internal static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        int end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
