using System.Numerics;
using System.Text;
using Braid.Items;
using Braid.Tests.Processes;
using Braid.Wire;
using Xunit;
using static Braid.Tests.Wire.Payloads;

namespace Braid.Tests.Wire;

/// <summary>Bytes that no worker of ours writes: an error of the item, never a crash, and never more memory than the bytes themselves ask for.</summary>
public sealed class DamagedPayloadTests
{
    [Fact]
    public void A_byte_too_few_or_too_many_is_refused_with_the_types_name()
    {
        Cut(1, "Int32");
        Cut(true, "Boolean");
        Cut(5m, "Decimal");
        Cut(DateTime.UnixEpoch, "DateTime");
        Cut(DateTimeOffset.UnixEpoch, "DateTimeOffset");
        Cut(new Rune('x'), "Rune");
        Cut<int?>(5, "Int32");
        Cut(new[] { 1, 2 }, "Int32[]");
        Cut(new List<long> { 1 }, "List<Int64>");
        Cut<Memory<short>>(new short[] { 1 }, "Memory<Int16>");
        Cut((1, 2), "ValueTuple<Int32, Int32>");
        Cut(new Point(1, "x"), "Point");
    }

    [Fact]
    public void Bit_patterns_that_are_not_values_are_refused()
    {
        Refuse<bool>(2);
        Refuse<bool[]>(1, 0, 1, 2);
        Refuse<DateTime>([.. BitConverter.GetBytes(DateTime.MaxValue.Ticks + 1)]);
        Refuse<DateOnly>([.. BitConverter.GetBytes(-1)]);
        Refuse<TimeOnly>([.. BitConverter.GetBytes(-1L)]);
        Refuse<Rune>([.. BitConverter.GetBytes(0xD800)]);
        Refuse<decimal[]>([1, .. Encode(1m), .. Enumerable.Repeat((byte)0xFF, 16)]);
        Refuse<DateTimeOffset>([.. Encode((long.MaxValue, 0L))]);
        Refuse<BigInteger>();
        Refuse<int?>();
        Refuse<int?>(0, 1);
        Refuse<int?>(2, 1, 0, 0, 0);
        Refuse<int[]>();
        Refuse<int[]>(0, 1);
        Refuse<int[]>(2);
        Refuse<Memory<byte>>(0);
        Refuse<string>();
        Refuse<string>(3);
        Refuse<string>(0, 0);
        Refuse<string>(2, 0);
        Refuse<string>(1, 0xC3);
        Refuse<Nothing>(0);
    }

    [Fact]
    public void Json_of_another_type_is_refused()
    {
        foreach (string json in (string[])["", "[", "{} {}", "[1]", "\"x\"", "{\"X\":\"text\"}", "nonsense", "{\"X\":1e99}"])
            Assert.Contains("Point", Assert.Throws<WorkNotPortableException>(() => Decode<Point>(Encoding.UTF8.GetBytes(json))).Message);
    }

    [Fact]
    public void Json_that_is_nested_too_deeply_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"Next\":", 100_000));
        Assert.Contains("Link", Assert.Throws<WorkNotPortableException>(() => Decode<Link>(Encoding.UTF8.GetBytes(deep))).Message);
    }

    [Fact]
    public void A_name_in_the_data_makes_no_type_that_is_not_declared()
    {
        Assert.Throws<WorkNotPortableException>(() => Decode<Shape>("{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\",\"Radius\":1}"u8.ToArray()));
        Assert.Throws<WorkNotPortableException>(() => Decode<Shape>("{\"$type\":\"square\",\"Radius\":1}"u8.ToArray()));
        Assert.IsType<Animal>(Decode<Animal>("{\"$type\":\"Braid.Tests.Processes.Dog\",\"Name\":\"Rex\"}"u8.ToArray()));
    }

    [Fact]
    public void Random_bytes_are_a_value_or_an_error_and_nothing_else()
    {
        var random = new Random(20260101);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (bytes.Length > 0) bytes[0] = (byte)random.Next(4);
            Try<int>(bytes);
            Try<decimal>(bytes);
            Try<DateTimeOffset?>(bytes);
            Try<DateTime[]>(bytes);
            Try<string>(bytes);
            Try<List<Guid>>(bytes);
            Try<(int, string)>(bytes);
            Try<Point>(bytes);
            Try<Dictionary<string, BigInteger>>(bytes);
        }
    }

    private static void Try<T>(byte[] bytes)
    {
        try
        {
            _ = Decode<T>(bytes);
        }
        catch (WorkNotPortableException)
        {
            // The other way out.
        }
    }

    private static void Cut<T>(T value, string name)
    {
        byte[] whole = Encode(value);
        Assert.Contains(name, Assert.Throws<WorkNotPortableException>(() => Decode<T>(whole[..^1])).Message);
        Assert.Contains(name, Assert.Throws<WorkNotPortableException>(() => Decode<T>([.. whole, 1])).Message);
    }

    private static void Refuse<T>(params byte[] bytes) => Assert.Throws<WorkNotPortableException>(() => Decode<T>(bytes));
}
