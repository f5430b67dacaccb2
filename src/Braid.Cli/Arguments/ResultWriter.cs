using System.Globalization;
using System.Text.Json;

namespace Braid.Cli.Arguments;

/// <summary>Writes arguments and results as text, the way <see cref="ArgumentReader"/> reads them.</summary>
internal static class ResultWriter
{
    internal static string Write(object? value) => TryWrite(value) ?? value!.ToString() ?? value.GetType().Name;

    /// <summary>True if what is written is all that the value holds, so that two are equal if they are written alike.</summary>
    internal static bool IsWhole(object? value) => TryWrite(value) is not null;

    /// <summary>One line, at most so long, for tables and messages. Cut in the middle: a path's end says more than its beginning.</summary>
    internal static string WriteShort(object? value, int longest = 60)
    {
        var text = OneLine(Write(value));
        var kept = (longest - 1) / 2;
        return text.Length <= longest ? text : string.Concat(text.AsSpan(0, kept), "…", text.AsSpan(text.Length - kept));
    }

    /// <summary>The work's own text as a terminal can show it: one line, and no character that would move its cursor or change its colours.</summary>
    internal static string OneLine(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Any(char.IsControl)
            ? string.Concat(text.Select(static character => char.IsControl(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}") : character.ToString()))
            : text;
    }

    /// <summary>Null: the value does not show what it holds, a stream for example.</summary>
    private static string? TryWrite(object? value)
    {
        switch (value)
        {
            case null: return "null";
            case string text: return text;
            case bool truth: return truth ? "true" : "false";
            case DateTime or DateTimeOffset or DateOnly or TimeOnly: return ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture);
            case Enum or Uri: return value.ToString()!;
        }

        var type = value.GetType();
        var isParsable = Array.Exists(type.GetInterfaces(), static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>));
        if (isParsable) return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        try
        {
            return JsonSerializer.Serialize(value, type, JsonText.Options);
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
