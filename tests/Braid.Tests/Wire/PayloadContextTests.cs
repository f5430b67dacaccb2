using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Braid.Tests.Processes;
using Braid.Wire;
using Xunit;
using static Braid.Tests.Wire.Payloads;

namespace Braid.Tests.Wire;

/// <summary>What [assembly: PayloadContext] names is used for what it lists. The attribute of these tests stands in Examples.cs.</summary>
public sealed class PayloadContextTests
{
    private static readonly Temperature Example = new(new Celsius("21.5"), "here", new() { ["TwoWords"] = 1 });

    [Fact]
    public void Converters_and_names_of_the_context_are_used()
    {
        string json = Text(Example);
        Assert.Contains("\"measured_value\":\"21.5C\"", json);
        Assert.Equal("21.5", RoundTrip(Example).MeasuredValue.ToString());
        Assert.Equal("", WhyNot<Temperature>());
    }

    [Fact]
    public void Options_that_would_lose_data_are_not()
    {
        Assert.Equal(1, RoundTrip(Example).Counts["TwoWords"]);
        Assert.Equal(0, RoundTrip(Example with { Quality = 0 }).Quality);
        Assert.DoesNotContain("\n", Text(Example));
    }

    [Fact]
    public void It_holds_for_collections_and_tuples_of_what_is_listed()
    {
        Assert.Contains("measured_value", Text(new List<Temperature> { Example }));
        Assert.Contains("measured_value", Text(new Dictionary<string, Temperature[]> { ["a"] = [Example] }));
        Assert.Equal("21.5", RoundTrip((1, Example)).Item2.MeasuredValue.ToString());
    }

    [Fact]
    public void Other_types_do_not_notice_it()
    {
        Assert.Contains("\"X\":1", Text(new Point(1, null)));
        Assert.Contains("(at Unlisted.Value)", WhyNot<Unlisted>());
    }

    [Fact]
    public void What_it_lists_is_completed_and_checked_like_the_rest()
    {
        var listed = new Listed(1) { Pair = (2, "p") };
        listed.Lines.Add("x");
        listed.Hide(3);
        var copy = RoundTrip(listed);
        Assert.Equal((1, 3, (2, "p")), (copy.First, copy.Secret, copy.Pair));
        Assert.Equal(["x"], copy.Lines);
        Assert.Contains("ListedMore", Assert.Throws<WorkNotPortableException>(() => Encode<Listed>(new ListedMore(1))).Message);
    }

    [Fact]
    public void A_context_that_cannot_be_made_is_a_reason_that_names_it()
    {
        string reason = PayloadTypes.WhyNot(TypeWith(typeof(PayloadContextAttribute<Broken>)))!;
        Assert.Contains("[PayloadContext] of assembly Made", reason);
        Assert.Contains("not today", reason);
    }

    [Fact]
    public void A_resolver_of_the_users_own_decides_what_is_left_behind()
    {
        Assert.Contains("'_count'", WhyNot<PayloadRefusalTests.Counter>());
        Assert.Null(PayloadTypes.WhyNot(TypeWith(typeof(PayloadContextAttribute<Lenient>), typeof(PayloadRefusalTests.Counter))));
    }

    /// <summary>A type in an assembly made for it, which has the attribute; or a tuple of it and another one.</summary>
    private static Type TypeWith(Type attribute, Type? other = null)
    {
        var mark = new CustomAttributeBuilder(attribute.GetConstructor([])!, []);
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.Run, [mark]);
        var type = assembly.DefineDynamicModule("Made").DefineType("Made", TypeAttributes.Public | TypeAttributes.Sealed);
        type.DefineField("Value", typeof(string), FieldAttributes.Public);
        var made = type.CreateType();
        return other is null ? made : typeof(Tuple<,>).MakeGenericType(made, other);
    }

    public sealed record Unlisted(Celsius Value);

    public sealed class Broken : IJsonTypeInfoResolver
    {
        public Broken() => throw new InvalidOperationException("not today");

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) => null;
    }

    public sealed class Lenient : DefaultJsonTypeInfoResolver;
}
