using System.Buffers;
using Braid.Items;
using Braid.Tests.Processes;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Wire;

public sealed class PayloadTests
{
    public static TheoryData<object?> Values => new(
    [
        true, false, (byte)200, (sbyte)-3, (short)-300, (ushort)60000, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue,
        'ä', 1.5f, double.NaN, double.NegativeInfinity, (Half)2, Int128.MinValue, UInt128.MaxValue, 79228162514264337593543950335m, -0.10m,
        Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"), TimeSpan.MinValue, DateOnly.MaxValue, TimeOnly.MaxValue,
        new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local), DateTime.MaxValue,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-330)),
        Colour.Green, (Colour)99, "", "text", "äöü 😀 \0", "lone \ud83d surrogate", "\udc00", new string('x', 200_000),
        new byte[] { 1, 2, 3 }, Array.Empty<byte>(), new[] { 1, -2 }, new[] { 1.5, double.NaN }, new[] { 'a', 'ß' }, new[] { true, false },
        new[] { Guid.Empty }, new[] { Colour.Red, Colour.Green }, new[] { "a", null }, new List<int> { 1, 2 },
        new Dictionary<string, List<int>> { ["a"] = [1], ["b"] = [] }, new[] { new[] { 1 }, [2, 3] }, new HashSet<string> { "x" },
        new List<double> { double.NaN, double.PositiveInfinity },
    ]);

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Every_kind_of_value_comes_back_as_it_was(object? value)
    {
        var method = typeof(PayloadTests).GetMethod(nameof(RoundTrip), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        Assert.Equal(value, method.MakeGenericMethod(value!.GetType()).Invoke(null, [value]));
    }

    [Fact]
    public void A_dates_kind_is_kept() => Assert.Equal(DateTimeKind.Utc, RoundTrip(new DateTime(5, DateTimeKind.Utc)).Kind);

    [Fact]
    public void An_offset_is_kept() => Assert.Equal(TimeSpan.FromHours(5), RoundTrip(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(5))).Offset);

    [Fact]
    public void Null_is_not_empty()
    {
        Assert.Null(RoundTrip<string?>(null));
        Assert.Null(RoundTrip<byte[]?>(null));
        Assert.Null(RoundTrip<int[]?>(null));
        Assert.Null(RoundTrip<Point?>(null));
        Assert.Null(RoundTrip<int?>(null));
        Assert.Equal(5, RoundTrip<int?>(5));
        Assert.NotNull(RoundTrip(Array.Empty<int>()));
    }

    [Fact]
    public void Memory_and_nothing_and_tuples_and_interfaces_come_back()
    {
        Assert.Equal([1, 2], RoundTrip<Memory<byte>>(new byte[] { 1, 2 }).ToArray());
        Assert.Equal([1, 2], RoundTrip<ReadOnlyMemory<byte>>(new byte[] { 1, 2 }).ToArray());
        Assert.Equal(default, RoundTrip(default(Nothing)));
        Assert.Equal((1, "a", 2.5), RoundTrip((1, "a", 2.5)));
        Assert.Equal([1, 2], RoundTrip<IReadOnlyList<int>>([1, 2]));
        Assert.Equal([1, 2], RoundTrip<IEnumerable<int>>(Enumerable.Range(1, 2)));
        Assert.Equal(new Circle(3), RoundTrip<Shape>(new Circle(3)));
    }

    [Fact]
    public void Bytes_of_another_type_are_refused_with_the_types_name()
    {
        Assert.Contains("Int32", Assert.ThrowsAny<BraidException>(() => Payload.Read<int>(new(new byte[3]))).Message);
        Assert.Contains("Boolean", Assert.ThrowsAny<BraidException>(() => Payload.Read<bool>(new(new byte[] { 2 }))).Message);
        Assert.Contains("String", Assert.ThrowsAny<BraidException>(() => Payload.Read<string>(new(new byte[] { 1, 0xFF }))).Message);
        Assert.Contains("Decimal", Assert.ThrowsAny<BraidException>(() => Payload.Read<decimal>(new(Enumerable.Repeat((byte)255, 16).ToArray()))).Message);
        Assert.Contains("DateTime", Assert.ThrowsAny<BraidException>(() => Payload.Read<DateTime>(new(Enumerable.Repeat((byte)255, 16).ToArray()))).Message);
        Assert.Contains("Point", Assert.ThrowsAny<BraidException>(() => Payload.Read<Point>(new("{"u8.ToArray()))).Message);
    }

    private static T RoundTrip<T>(T value)
    {
        var output = new FrameBuffer();
        Payload.Write(output, value);
        return Payload.Read<T>(new ReadOnlySequence<byte>(output.Written));
    }
}
