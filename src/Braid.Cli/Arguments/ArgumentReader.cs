using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Braid.Cli.Arguments;

/// <summary>
/// Makes an argument from a line of text: strings as they are, whatever .NET can parse (numbers, bool, Guid, dates, IP addresses …) in the
/// invariant culture, enums by name, and JSON for the rest.
/// </summary>
internal static class ArgumentReader
{
    /// <summary>The argument, or an <see cref="InputException"/> that names the place, the text, the type, and what is expected.</summary>
    internal static object? Read(string text, Type type, string place)
    {
        try
        {
            return Read(text, type);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or JsonException
            or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new InputException($"{place}: '{Shorten(text)}' is not {Describe(type)}. {Hint(type, exception)}", exception);
        }
    }

    private static object? Read(string text, Type type)
    {
        if (type == typeof(string)) return text;
        if (Nullable.GetUnderlyingType(type) is { } inner) return text.Length == 0 || text == "null" ? null : Read(text, inner);
        if (type.IsEnum) return ReadEnum(text, type);

        // A time with an offset keeps its moment, a time with Z stays UTC: Parse alone would turn both into local time.
        if (type == typeof(DateTime)) return DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        if (type == typeof(DateTimeOffset)) return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        if (type == typeof(Uri)) return new Uri(text, UriKind.RelativeOrAbsolute);
        return FindParse(type) is { } parse ? Invoke(parse, text) : JsonSerializer.Deserialize(text, type, JsonText.Reading);
    }

    private static object ReadEnum(string text, Type type)
    {
        if (Enum.TryParse(type, text, ignoreCase: true, out var value) && !int.TryParse(text, CultureInfo.InvariantCulture, out _)) return value!;
        throw new FormatException();
    }

    /// <summary>The static Parse of <see cref="IParsable{TSelf}"/>, which every number, Guid and date has, and users' types may have.</summary>
    private static MethodInfo? FindParse(Type type)
    {
        var parsable = Array.Find(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GenericTypeArguments[0] == type);
        return parsable is null ? null : typeof(ArgumentReader).GetMethod(nameof(Parse), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
    }

    private static T Parse<T>(string text) where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static object? Invoke(MethodInfo parse, string text)
    {
        try
        {
            return parse.Invoke(null, [text]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null)
        {
            throw exception.InnerException;
        }
    }

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var name = type.Name;
        return type.IsEnum || FindParse(type) is not null || type == typeof(Uri)
            ? $"{("AEIO".Contains(name[0], StringComparison.Ordinal) ? "an" : "a")} {name}"
            : $"JSON for {name}";
    }

    private static string Hint(Type type, Exception exception)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return $"Write one of: {string.Join(", ", Enum.GetNames(type))}.";
        if (exception is NotSupportedException or InvalidOperationException)
            return $"{Sentence(exception.Message)} Use an argument type that can be written as text: a string, a number, a date, or a record.";
        if (exception is JsonException) return $"{Sentence(exception.Message)} Write one JSON value a line, for example {JsonText.Example(type)}.";
        return type == typeof(Uri) ? "Write an address such as http://localhost/." : $"Write a value such as {JsonText.PlainExample(type)}.";
    }

    private static string Sentence(string message)
    {
        // JSON errors end with "Path: $ | LineNumber: 0 | BytePositionInLine: 3.", which only repeats where we are.
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 59), "…");
}
