using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Braid;
using Braid.Tests.Processes;
using Braid.Tests.Wire;

[assembly: PayloadContext<TemperatureJson>]

namespace Braid.Tests.Wire;

public sealed record Link(int Value, Link? Next);

public sealed class Ring
{
    public Ring? Next { get; set; }
}

/// <summary>Everything that a plain copy by JSON loses: what nobody may set, what stands in fields, what a base class has.</summary>
public class Account(string owner)
{
#pragma warning disable CA1051 // Fields are what is tested.
    public readonly int Number = 7;
    public int Limit;
#pragma warning restore CA1051

    public string Owner { get; } = owner;

    public List<string> Lines { get; } = [];

    public int Version { get; private set; }

    public int Twice => Limit * 2;

    public event EventHandler? Changed;

    [JsonIgnore]
    public object? Cache { get; set; }

    public void Touch()
    {
        Version++;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}

public sealed class SavingsAccount(string owner, decimal rate) : Account(owner)
{
    public decimal Rate { get; } = rate;
}

/// <summary>The property has code of its own, so nobody knows but by count that the field is behind it.</summary>
public sealed class Wrapped(int value)
{
    private readonly int _value = value;

    public int Value => _value;
}

public readonly struct Metres(double value, string unit)
{
    public double Value { get; } = value;

    public string Unit { get; } = unit;
}

public sealed record Rich(
    BigInteger Big, Rune Letter, Complex Number, Half Half, Int128 Wide, DateTimeOffset At, TimeSpan Took, Guid Id, Uri Link, Version Version, byte[] Bytes,
    ImmutableArray<int> Fixed, (int Id, string Name) Pair, Tuple<int, string> Old, KeyValuePair<int, string> Entry, Memory<int> Memory, int? Missing, char Character);

[JsonDerivedType(typeof(Cat), "cat")]
public record Pet(string Name);

public sealed record Cat(string Name, int Lives) : Pet(Name);

public sealed record Zoo(Animal First, IReadOnlyList<Animal> Others, Dictionary<string, Animal> ByName);

/// <summary>A number with a field that nobody sees: only its converter knows how to send it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1815", Justification = "Compared by its value.")]
public sealed class Celsius
{
    private readonly string _degrees;

    internal Celsius(string degrees) => _degrees = degrees;

    /// <summary>How often this process has read one.</summary>
    internal static int Reads { get; set; }

    public override string ToString() => _degrees;
}

public sealed record Temperature(Celsius MeasuredValue, string Place, Dictionary<string, int> Counts)
{
    public int Quality { get; init; } = 5;
}

public sealed class CelsiusConverter : JsonConverter<Celsius>
{
    public override Celsius Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Celsius.Reads++;
        return new Celsius(reader.GetString()!.TrimEnd('C'));
    }

    public override void Write(Utf8JsonWriter writer, Celsius value, JsonSerializerOptions options) => writer.WriteStringValue(value + "C");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DictionaryKeyPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Converters = [typeof(CelsiusConverter)])]
[JsonSerializable(typeof(Temperature))]
[JsonSerializable(typeof(Listed))]
public sealed partial class TemperatureJson : JsonSerializerContext;

/// <summary>Known to the context, where a source generator made what reflection finds out otherwise.</summary>
public class Listed(int first)
{
    public int First { get; } = first;

    public List<string> Lines { get; } = [];

    public int Secret { get; private set; }

    public (int, string) Pair { get; set; }

    public void Hide(int secret) => Secret = secret;
}

public sealed class ListedMore(int first) : Listed(first);
