using System.Text.Json.Serialization.Metadata;
using Braid.Wire;

namespace Braid;

/// <summary>
/// Names a source-generated JSON context for arguments and results that travel to another process: its converters, names and options are
/// used on both sides, and no reflection for the types that it lists.
/// </summary>
/// <remarks>
/// <para>
/// A process has static fields of its own, so a context is named where every process finds it: on an assembly. It is used for the
/// types that it lists, and for arrays, collections and tuples of them, if one of them or the program itself stands in the assembly that
/// has the attribute.
/// </para>
/// <para>
/// The options of <c>[JsonSourceGenerationOptions]</c> apply, but for those that would lose data: default values are written, read-only
/// properties, fields and dictionary keys travel as they are. Numbers, texts, dates, arrays of numbers and the like travel as bytes and use no JSON.
/// </para>
/// <example><code>
/// [assembly: PayloadContext&lt;OrderJson&gt;]
///
/// [JsonSerializable(typeof(Order))]
/// [JsonSerializable(typeof(Invoice))]
/// internal sealed partial class OrderJson : JsonSerializerContext;
/// </code></example>
/// </remarks>
/// <typeparam name="TContext">A <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>, or a resolver of your own. Made once a process.</typeparam>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class PayloadContextAttribute<TContext> : Attribute, IPayloadContext
    where TContext : IJsonTypeInfoResolver, new()
{
    IJsonTypeInfoResolver IPayloadContext.Make() => new TContext();
}
