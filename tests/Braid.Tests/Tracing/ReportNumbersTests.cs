using Braid.Tracing;
using Xunit;

namespace Braid.Tests.Tracing;

public sealed class ReportNumbersTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.5, "0.50 µs")]
    [InlineData(12, "12.0 µs")]
    [InlineData(999, "999 µs")]
    [InlineData(999.9, "1.00 ms")]
    [InlineData(1_234, "1.23 ms")]
    [InlineData(999_900, "1.00 s")]
    [InlineData(45_600_000, "45.6 s")]
    [InlineData(123_000_000, "2 min 3 s")]
    public void A_duration_has_three_digits_and_a_unit(double microseconds, string text) =>
        Assert.Equal(text, ReportNumbers.Duration(TimeSpan.FromMicroseconds(microseconds)));

    [Fact]
    public void A_long_text_is_cut_but_never_inside_a_character()
    {
        Assert.Equal("abc", ReportTexts.Cut("abc", 3));
        Assert.Equal("ab…", ReportTexts.Cut("abcd", 3));
        Assert.Equal("a…", ReportTexts.Cut("a😀cd", 3));
    }
}
