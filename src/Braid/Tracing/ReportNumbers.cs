using System.Globalization;

namespace Braid.Tracing;

/// <summary>Numbers for people, the same in every culture: three digits and a unit.</summary>
internal static class ReportNumbers
{
    internal static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Percent(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + " %";

    internal static string Duration(TimeSpan time)
    {
        var microseconds = time.TotalMicroseconds;
        return microseconds switch
        {
            0 => "0 s",
            < 999.5 => ThreeDigits(microseconds) + " µs",
            < 999_500 => ThreeDigits(microseconds / 1e3) + " ms",
            < 120_000_000 => ThreeDigits(microseconds / 1e6) + " s",
            _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMinutes} min {time.Seconds} s"),
        };
    }

    private static string ThreeDigits(double value) =>
        value.ToString(value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
