using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Braid.Wire;

/// <summary>What every <see cref="PayloadContextAttribute{TContext}"/> is, whatever its context.</summary>
internal interface IPayloadContext
{
    IJsonTypeInfoResolver Make();
}

/// <summary>A context that the user named with <see cref="PayloadContextAttribute{TContext}"/>, and the options that go with it.</summary>
internal sealed record PayloadContext(IJsonTypeInfoResolver Resolver, JsonSerializerOptions Options)
{
    internal bool Knows(Type type) => Resolver.GetTypeInfo(type, Options) is not null;
}

/// <summary>
/// Which context a type has. Found from the type alone, so that both ends find the same one: in the assemblies of the type and of what it
/// is made of, and in the program's own.
/// </summary>
internal static class PayloadContexts
{
    private static readonly ConcurrentDictionary<Assembly, PayloadContext[]> OfAssembly = new();

    /// <summary>The first context that lists the type or, after that, something that it is made of; null if there is none.</summary>
    /// <exception cref="WorkNotPortableException">A context cannot be made.</exception>
    internal static PayloadContext? Find(Type type)
    {
        var parts = Parts(type).Distinct().Where(part => part == type || !PayloadFormats.HasRaw(part)).ToList();
        var assemblies = parts.Select(part => part.Assembly).Append(Assembly.GetEntryAssembly()).OfType<Assembly>().Distinct();
        var contexts = assemblies.SelectMany(assembly => OfAssembly.GetOrAdd(assembly, Read)).ToList();
        if (contexts.Count == 0) return null;
        return parts.SelectMany(_ => contexts, (part, context) => (part, context)).FirstOrDefault(pair => pair.context.Knows(pair.part)).context;
    }

    // The type itself first: a context that lists List<Order> goes before one that lists Order. Numbers and texts say nothing about what they are part of.
    private static IEnumerable<Type> Parts(Type type)
    {
        var inner = type.HasElementType ? [type.GetElementType()!] : type.GenericTypeArguments;
        return inner.SelectMany(Parts).Prepend(type);
    }

    private static PayloadContext[] Read(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetCustomAttributes(typeof(IPayloadContext), inherit: false).Cast<IPayloadContext>().Select(Make)];
        }
        catch (Exception exception)
        {
            var cause = (exception as TargetInvocationException)?.InnerException ?? exception;
            throw new WorkNotPortableException($"A [PayloadContext] of assembly {assembly.GetName().Name} cannot be made: {cause.GetType().Name}: {cause.Message}", cause);
        }
    }

    private static PayloadContext Make(IPayloadContext attribute)
    {
        var resolver = attribute.Make();
        return new(resolver, PayloadJson.Complete(OptionsOf(resolver) ?? new(), resolver));
    }

    // What [JsonSourceGenerationOptions] says is known to the context alone: its property is protected, and Options lacks it for one without options.
    private static JsonSerializerOptions? OptionsOf(IJsonTypeInfoResolver resolver) => resolver is not JsonSerializerContext ? null
        : (JsonSerializerOptions?)typeof(JsonSerializerContext).GetProperty("GeneratedSerializerOptions", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(resolver);
}
