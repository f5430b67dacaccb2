using System.Globalization;

namespace Braid.Benchmarks.Reporting;

/// <summary>Figures for people: as many digits as can mean something.</summary>
internal static class Format
{
    internal static string Number(double value) => value.ToString(
        Math.Abs(value) switch
        {
            >= 100 => "N0",
            >= 10 => "N1",
            _ => "N2",
        },
        CultureInfo.InvariantCulture);
}
