using System.Globalization;

namespace Braid.Cli.Output;

/// <summary>Numbers for people: three digits and a unit, the same in every culture.</summary>
internal static class Numbers
{
    internal static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        0 => "0",
        < 1e-3 => $"{Digits(time.TotalMicroseconds)} µs",
        < 1 => $"{Digits(time.TotalMilliseconds)} ms",
        < 600 => $"{Digits(time.TotalSeconds)} s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
    };

    internal static string Bytes(double bytes) => bytes switch
    {
        < 1e3 => $"{Digits(bytes)} B",
        < 1e6 => $"{Digits(bytes / 1e3)} kB",
        < 1e9 => $"{Digits(bytes / 1e6)} MB",
        _ => $"{Digits(bytes / 1e9)} GB",
    };

    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    internal static string Rate(double perSecond) => perSecond >= 1000 ? perSecond.ToString("N0", CultureInfo.InvariantCulture) : Digits(perSecond);

    /// <summary>How many times as fast.</summary>
    internal static string Factor(double factor) => factor < 1 ? factor.ToString("0.00", CultureInfo.InvariantCulture) : Digits(factor);

    internal static string Items(int count) => count == 1 ? "1 item" : $"{Count(count)} items";

    internal static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Digits(double value) => value.ToString(value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
