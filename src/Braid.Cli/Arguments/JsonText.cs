using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Braid.Cli.Arguments;

/// <summary>How arguments and results look as JSON, and examples of them for error messages.</summary>
internal static class JsonText
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNameCaseInsensitive = true,
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // For people and pipes, never put into HTML as it is.
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>For arguments: what a record needs and a line does not give, or gives by another name, is an error, and not a default that nobody wrote.</summary>
    internal static readonly JsonSerializerOptions Reading = new(Options)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>A JSON value of the type, as far as its public properties tell.</summary>
    internal static string Example(Type type) => Example(type, depth: 0);

    /// <summary>A value that .NET parses, for the types people use most.</summary>
    internal static string PlainExample(Type type) => type switch
    {
        _ when type == typeof(bool) => "true",
        _ when type == typeof(Guid) => "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        _ when type == typeof(DateTime) => "2026-07-31T12:00:00Z",
        _ when type == typeof(DateTimeOffset) => "2026-07-31T12:00:00+02:00",
        _ when type == typeof(DateOnly) => "2026-07-31",
        _ when type == typeof(TimeOnly) => "12:30",
        _ when type == typeof(TimeSpan) => "00:00:30",
        _ when type == typeof(float) || type == typeof(double) || type == typeof(decimal) => "12.5",
        _ when type == typeof(char) => "a",
        _ when type.IsPrimitive => $"12 ({Range(type)})",
        _ => type.Name,
    };

    private static string Example(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "\"text\"";
        if (type == typeof(bool)) return "true";
        if (type.IsPrimitive || type == typeof(decimal)) return "1";
        if (type.IsEnum) return $"\"{Enum.GetNames(type).FirstOrDefault()}\"";
        if (type.IsArray) return $"[{Example(type.GetElementType()!, depth + 1)}]";
        if (type.IsAssignableTo(typeof(System.Collections.IEnumerable))) return "[]";
        if (type.Namespace == nameof(System)) return $"\"{PlainExample(type)}\"";
        if (depth > 1) return "{}";
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.GetIndexParameters().Length == 0)
            .Select(p => $"\"{p.Name}\": {Example(p.PropertyType, depth + 1)}");
        return $"{{{string.Join(", ", members)}}}";
    }

    private static string Range(Type type)
    {
        var least = type.GetField("MinValue")?.GetValue(null);
        var most = type.GetField("MaxValue")?.GetValue(null);
        return string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
    }
}
