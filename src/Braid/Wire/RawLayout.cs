using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Braid.Wire;

/// <summary>
/// Which types may be copied as they lie in memory: no references, no addresses, no padding (it would carry what was in memory before), and
/// no bit pattern that is not a value. All platforms that .NET runs on are little-endian, and both ends are the same build.
/// </summary>
internal static class RawLayout
{
    private const BindingFlags InstanceFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>True if values of the type, and so arrays of it, travel as they lie in memory.</summary>
    internal static bool IsRaw(Type type) => IsChecked(type) || IsFree(type);

    /// <summary>Whether all values are such as the type itself could have made. Free for types of which every bit pattern is one.</summary>
    internal static bool AreValid<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        // Each test is a constant for the compiler: an array of numbers is not looked at.
        if (typeof(T) == typeof(bool)) return MemoryMarshal.AsBytes(values).IndexOfAnyExceptInRange((byte)0, (byte)1) < 0;
        if (typeof(T) == typeof(decimal)) return All(MemoryMarshal.Cast<T, decimal>(values), IsDecimal);
        if (typeof(T) == typeof(DateTime)) return All(MemoryMarshal.Cast<T, DateTime>(values), static v => (ulong)v.Ticks <= (ulong)DateTime.MaxValue.Ticks);
        if (typeof(T) == typeof(DateOnly)) return All(MemoryMarshal.Cast<T, DateOnly>(values), static v => (uint)v.DayNumber <= (uint)DateOnly.MaxValue.DayNumber);
        if (typeof(T) == typeof(TimeOnly)) return All(MemoryMarshal.Cast<T, TimeOnly>(values), static v => (ulong)v.Ticks <= (ulong)TimeOnly.MaxValue.Ticks);
        if (typeof(T) == typeof(Rune)) return All(MemoryMarshal.Cast<T, Rune>(values), static v => Rune.IsValid(v.Value));
        return true;
    }

    private static bool All<T>(ReadOnlySpan<T> values, Func<T, bool> isValid)
    {
        foreach (var value in values)
        {
            if (!isValid(value)) return false;
        }

        return true;
    }

    private static bool IsDecimal(decimal value)
    {
        const int SignAndScale = unchecked((int)0x80FF0000);
        const int MostScale = 28;
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        return (bits[3] & ~SignAndScale) == 0 && ((bits[3] >> 16) & 0xFF) <= MostScale;
    }

    // Some of their bit patterns are no values: AreValid looks at what arrives.
    private static bool IsChecked(Type type) =>
        type == typeof(bool) || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(Rune);

    private static bool IsFree(Type type)
    {
        if (type.IsEnum) return true;
        if (type.IsPrimitive) return type != typeof(bool) && !IsAddress(type);
        if (!type.IsValueType || type.IsByRefLike || type.ContainsGenericParameters || type.IsExplicitLayout || IsChecked(type)) return false;
        var fields = type.GetFields(InstanceFields);
        if (fields.Length == 0 || !fields.All(field => IsFree(field.FieldType))) return false;
        int copies = type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1;
        return copies * fields.Sum(field => SizeOf(field.FieldType)) == SizeOf(type);
    }

    /// <summary>An address, or a handle, means nothing in another process.</summary>
    internal static bool IsAddress(Type type) => type == typeof(nint) || type == typeof(nuint);

    private static int SizeOf(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);
}
