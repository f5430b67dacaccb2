using System.Globalization;
using System.Text.Json;

namespace Braid.Cli.Arguments;

/// <summary>Writes arguments and results as text, the way <see cref="ArgumentReader"/> reads them.</summary>
internal static class ResultWriter
{
    internal static string Write(object? value)
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
            return value.ToString() ?? type.Name;
        }
    }

    /// <summary>One line, at most so long, for tables and messages. Cut in the middle: a path's end says more than its beginning.</summary>
    internal static string WriteShort(object? value, int longest = 60)
    {
        var text = Write(value).ReplaceLineEndings(" ");
        var kept = (longest - 1) / 2;
        return text.Length <= longest ? text : string.Concat(text.AsSpan(0, kept), "…", text.AsSpan(text.Length - kept));
    }
}
