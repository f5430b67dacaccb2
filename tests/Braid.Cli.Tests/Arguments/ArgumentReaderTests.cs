using System.Globalization;
using System.Numerics;
using Braid.Cli.Arguments;
using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.Arguments;

public sealed class ArgumentReaderTests
{
    public static TheoryData<string, object?> Readable() => new()
    {
        { "as it is, {even} this", "as it is, {even} this" },
        { "-12", -12 },
        { "12", 12L },
        { "200", (byte)200 },
        { "12.5", 12.5 },
        { "1e3", 1000.0 },
        { "12.5", 12.5m },
        { "123456789012345678901234567890", BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture) },
        { "true", true },
        { "x", 'x' },
        { "6f9619ff-8b86-d011-b42d-00c04fc964ff", Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff") },
        { "2026-07-31T12:00:00Z", new DateTime(2026, 7, 31, 12, 0, 0, DateTimeKind.Utc) },
        { "2026-07-31T12:00:00+02:00", new DateTimeOffset(2026, 7, 31, 12, 0, 0, TimeSpan.FromHours(2)) },
        { "2026-07-31", new DateOnly(2026, 7, 31) },
        { "12:30", new TimeOnly(12, 30) },
        { "00:00:30", TimeSpan.FromSeconds(30) },
        { "friday", DayOfWeek.Friday },
        { "http://localhost/x", new Uri("http://localhost/x") },
        { "{\"x\": 3, \"Y\": 4}", new SampleWorks.Vector(3, 4) },
    };

    [Theory]
    [MemberData(nameof(Readable))]
    public void Text_becomes_an_argument_of_the_works_type_and_is_written_back_the_same_way(string text, object? expected)
    {
        var type = expected!.GetType();
        Assert.Equal(expected, ArgumentReader.Read(text, type, "here"));
        Assert.Equal(expected, ArgumentReader.Read(ResultWriter.Write(expected), type, "here"));
    }

    [Fact]
    public void An_array_is_given_as_JSON()
    {
        Assert.Equal([1, 2, 3], (int[])ArgumentReader.Read("[1, 2, 3]", typeof(int[]), "here")!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public void A_nullable_argument_may_be_missing(string text)
    {
        Assert.Null(ArgumentReader.Read(text, typeof(int?), "here"));
        Assert.Equal(7, ArgumentReader.Read("7", typeof(int?), "here"));
    }

    [Theory]
    [InlineData("x", typeof(int), "numbers.txt(3): 'x' is not an Int32. Write a value such as 12 (-2147483648 to 2147483647).")]
    [InlineData("300", typeof(byte), "numbers.txt(3): '300' is not a Byte. Write a value such as 12 (0 to 255).")]
    [InlineData("Fryday", typeof(DayOfWeek), "Write one of: Sunday, Monday,")]
    [InlineData("5", typeof(DayOfWeek), "Write one of: Sunday, Monday,")]
    [InlineData("31.7.2026", typeof(DateOnly), "Write a value such as 2026-07-31.")]
    [InlineData("{", typeof(SampleWorks.Vector), "is not JSON for Vector.")]
    [InlineData("{", typeof(SampleWorks.Vector), "for example {\"X\": 1, \"Y\": 1}.")]
    [InlineData("{\"X\": 1}", typeof(SampleWorks.Vector), "'Y'")]
    [InlineData("{\"Name\": \"a\", \"Cuont\": 2}", typeof(SampleWorks.Named), "'Cuont'")]
    [InlineData("{\"A\": 1, \"B\": \"b\"}", typeof((int A, string B)), "'A'")]
    [InlineData("{\"Name\": null, \"Count\": 1}", typeof(SampleWorks.Named), "Name")]
    [InlineData("{}", typeof(Stream), "Use an argument type that can be written as text")]
    public void What_cannot_be_read_is_refused_with_place_value_and_what_to_write(string text, Type type, string message)
    {
        var exception = Assert.Throws<InputException>(() => ArgumentReader.Read(text, type, "numbers.txt(3)"));
        Assert.StartsWith("numbers.txt(3): ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_may_have_defaults() =>
        Assert.Equal(new SampleWorks.Named("a"), ArgumentReader.Read("{\"name\": \"a\"}", typeof(SampleWorks.Named), "here"));

    [Fact]
    public void A_long_text_is_cut_in_its_middle()
    {
        Assert.Equal("aaaa…bbbb", ResultWriter.WriteShort(new string('a', 50) + new string('b', 50), 9));
    }
}
