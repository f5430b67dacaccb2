using System.Globalization;

namespace Braid.Items;

/// <summary>The longest time that .NET's timers take: 49 days. Options are checked for it, or a worker's thread would be the first to find out.</summary>
internal static class LongestTime
{
    internal static readonly TimeSpan Value = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Refuses what no timer takes. Infinite passes.</summary>
    /// <param name="time">The value.</param>
    /// <param name="name">The option's.</param>
    /// <param name="hint">What else to write, or nothing.</param>
    internal static void ThrowIfExceeded(TimeSpan time, string name, string hint = "")
    {
        if (time > Value) throw new ArgumentOutOfRangeException(name, time, string.Create(CultureInfo.InvariantCulture, $"{name} must be at most {(int)Value.TotalDays} days{hint}."));
    }
}
