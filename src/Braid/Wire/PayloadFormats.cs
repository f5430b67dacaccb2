using Braid.Items;

namespace Braid.Wire;

/// <summary>Which format a type has.</summary>
internal static class PayloadFormats
{
    internal static PayloadFormat<T> Choose<T>() => (PayloadFormat<T>)(Raw(typeof(T)) ?? new JsonFormat<T>());

    // Types whose every bit pattern is a value, or nearly: copied as they lie in memory. All of .NET's platforms that we run on are little-endian.
    private static bool IsBlittable(Type type) =>
        type.IsEnum || type == typeof(nint) || type == typeof(nuint) || type == typeof(Guid) || type == typeof(Half) || type == typeof(Int128)
        || type == typeof(UInt128) || type == typeof(TimeSpan) || (type.IsPrimitive && type != typeof(bool));

    private static object? Raw(Type type)
    {
        if (type == typeof(string)) return new TextFormat();
        if (type == typeof(Nothing)) return new NothingFormat();
        if (type == typeof(Memory<byte>)) return new MemoryFormat();
        if (type == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemoryFormat();
        if (type == typeof(bool)) return new ConvertedFormat<bool, byte>(v => v ? (byte)1 : (byte)0, v => v <= 1 ? v == 1 : throw new FormatException());
        if (type == typeof(decimal)) return new ConvertedFormat<decimal, DecimalParts>(DecimalParts.Of, v => v.ToDecimal());
        if (type == typeof(DateTime)) return new ConvertedFormat<DateTime, DateParts>(v => new(v.Ticks, (long)v.Kind), v => new DateTime(v.Ticks, checked((DateTimeKind)v.Extra)));
        if (type == typeof(DateTimeOffset)) return new ConvertedFormat<DateTimeOffset, DateParts>(v => new(v.Ticks, v.Offset.Ticks), v => new(v.Ticks, new TimeSpan(v.Extra)));
        if (type == typeof(DateOnly)) return new ConvertedFormat<DateOnly, int>(v => v.DayNumber, DateOnly.FromDayNumber);
        if (type == typeof(TimeOnly)) return new ConvertedFormat<TimeOnly, long>(v => v.Ticks, v => new TimeOnly(v));
        if (IsBlittable(type)) return Make(typeof(RawFormat<>), type);
        if (type.IsSZArray && (IsBlittable(type.GetElementType()!) || type == typeof(bool[]))) return Make(typeof(RawArrayFormat<>), type.GetElementType()!);
        return null;
    }

    private static object Make(Type format, Type argument) => Activator.CreateInstance(format.MakeGenericType(argument))!;

    private readonly record struct DateParts(long Ticks, long Extra);

    private readonly record struct DecimalParts(int Low, int Mid, int High, int Flags)
    {
        internal static DecimalParts Of(decimal value)
        {
            Span<int> bits = stackalloc int[4];
            decimal.GetBits(value, bits);
            return new(bits[0], bits[1], bits[2], bits[3]);
        }

        internal decimal ToDecimal() => new([Low, Mid, High, Flags]);
    }
}
