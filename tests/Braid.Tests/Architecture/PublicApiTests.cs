using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Braid.Tests.Architecture;

/// <summary>The public surface is a text file, and changing it is a visible line in the diff.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_what_the_text_file_says()
    {
        string actual = Describe(typeof(Executor).Assembly);
        if (Environment.GetEnvironmentVariable("BRAID_UPDATE_PUBLIC_API") is { Length: > 0 } path)
        {
            File.WriteAllText(Path.Combine(RepositoryFolder(), path), actual);
            return;
        }

        // Copied beside the tests by the build: a source path is no path in a deterministic build.
        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Architecture", "PublicApi.txt")).ReplaceLineEndings("\n");
        Assert.True(
            expected == actual,
            $"The public surface has changed. If that is meant, run the tests once with BRAID_UPDATE_PUBLIC_API=tests/Braid.Tests/Architecture/PublicApi.txt and commit it.\n"
            + string.Join('\n', actual.Split('\n').Except(expected.Split('\n')).Select(line => "+ " + line)
                .Concat(expected.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line))));
    }

    // The tests run in the folder of their assembly, which lies in the repository.
    private static string RepositoryFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Braid.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"'{AppContext.BaseDirectory}' is not inside the repository (no Braid.slnx above it): the public surface has no place to be written to.");
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type));
            if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum)) text.Append(" : ").Append(Name(parent));
            text.Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags flags = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        var methods = type.GetMethods(flags).Where(method => IsVisible(method) && !method.IsSpecialName && !IsGenerated(method)).Select(Signature);
        var constructors = type.GetConstructors(flags).Where(constructor => IsVisible(constructor) && !IsGenerated(constructor)).Select(constructor => $"new({Parameters(constructor)})");
        var properties = type.GetProperties(flags).Where(property => property.GetMethod is { } get && IsVisible(get) && !IsGenerated(get, property)).Select(Property);
        var fields = type.GetFields(flags).Where(field => field.IsPublic).Select(field => $"{Name(field.FieldType)} {field.Name}");
        return methods.Concat(constructors).Concat(properties).Concat(fields);
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What the compiler writes for records: equality, printing, copying.
    private static bool IsGenerated(MethodBase method, PropertyInfo? property = null) =>
        (property is null && method.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
        || method.Name is "PrintMembers" or "<Clone>$" || property?.Name == "EqualityContract";

    private static string Property(PropertyInfo property)
    {
        string set = property.SetMethod is not { } setter || !IsVisible(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";
        return $"{Modifiers(property.GetMethod!)}{Name(property.PropertyType)} {property.Name} {{ get;{set} }}";
    }

    private static string Signature(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Modifiers(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Modifiers(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "") + (method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        (parameter.IsIn ? "in " : parameter.IsOut ? "out " : "")
        + Name(parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType) + " " + parameter.Name
        + (parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue switch { null => "default", "" => "\"\"", var value => value }}" : "")));

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static string Name(Type type)
    {
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        string name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
