using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Braid.Items;
using Braid.Tests.Processes;
using Braid.Wire;
using Xunit;
using static Braid.Tests.Wire.Payloads;

namespace Braid.Tests.Wire;

public sealed class RawPayloadTests
{
    private enum Tiny : byte { Zero, Last = 255 }

    [Fact]
    public void A_number_takes_its_own_bytes_and_no_more()
    {
        Assert.Equal(4, Encode(1).Length);
        Assert.Single(Encode(Tiny.Last));
        Assert.Equal(8, Encode(DateTime.MaxValue).Length);
        Assert.Equal(16, Encode(decimal.MinusOne).Length);
        Assert.Equal(5, Encode<int?>(7).Length);
        Assert.Single(Encode<int?>(null));
        Assert.Empty(Encode(default(Nothing)));
    }

    [Fact]
    public void Missing_numbers_and_dates_and_texts_stay_missing()
    {
        Assert.Null(RoundTrip<bool?>(null));
        Assert.Null(RoundTrip<DateTimeOffset?>(null));
        Assert.Null(RoundTrip<List<int>?>(null));
        Assert.Null(RoundTrip<ArraySegment<int>>(default).Array);
        Assert.Equal(Colour.Green, RoundTrip<Colour?>(Colour.Green));
        Assert.Equal(DateTimeOffset.MinValue, RoundTrip<DateTimeOffset?>(DateTimeOffset.MinValue));
        Assert.NotNull(RoundTrip<ArraySegment<int>>(Array.Empty<int>()).Array);
        Assert.Empty(RoundTrip(new List<int>()));
        Assert.Equal("", RoundTrip(""));
        Assert.True(RoundTrip<Memory<int>>(default).IsEmpty);
    }

    [Fact]
    public void Big_numbers_and_runes_come_back()
    {
        Assert.Equal(BigInteger.Pow(-7, 999), RoundTrip(BigInteger.Pow(-7, 999)));
        Assert.Equal(BigInteger.Zero, RoundTrip(BigInteger.Zero));
        Assert.Equal(new Rune(0x1F600), RoundTrip(new Rune(0x1F600)));
        Assert.Equal(new Complex(1, -0.0), RoundTrip(new Complex(1, -0.0)));
    }

    [Fact]
    public void Every_bit_of_a_floating_point_number_is_kept()
    {
        double strange = BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8_0000_1234_5678));
        Assert.Equal(BitConverter.DoubleToInt64Bits(strange), BitConverter.DoubleToInt64Bits(RoundTrip(strange)));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(RoundTrip(new[] { -0.0 })[0]));
    }

    [Fact]
    public void The_kind_of_a_date_is_kept_in_arrays_too()
    {
        DateTime[] dates = [new(1, DateTimeKind.Utc), new(2, DateTimeKind.Local), new(3, DateTimeKind.Unspecified)];
        Assert.Equal(dates.Select(d => (d.Ticks, d.Kind)), RoundTrip(dates).Select(d => (d.Ticks, d.Kind)));
    }

    [Fact]
    public void Collections_of_numbers_travel_as_bytes()
    {
        Assert.Equal(1 + (3 * 4), Encode(new List<int> { 1, 2, 3 }).Length);
        Assert.Equal([1, 2, 3], RoundTrip(new List<int> { 1, 2, 3 }));
        Assert.Equal([1.5, 2.5], RoundTrip<Memory<double>>(new[] { 1.5, 2.5 }).ToArray());
        Assert.Equal(['a', '\ud83d'], RoundTrip<ReadOnlyMemory<char>>(new[] { 'a', '\ud83d' }).ToArray());
        Assert.Equal([2, 3], RoundTrip(new ArraySegment<int>([1, 2, 3, 4], 1, 2)));
        Assert.Equal(1 + (2 * 4), Encode(new ArraySegment<int>([1, 2, 3, 4], 1, 2)).Length);
    }

    [Fact]
    public void Structs_without_padding_travel_as_they_lie_in_memory()
    {
        Assert.Equal(16, Encode((1, 2, 3L)).Length);
        Assert.Equal((1, 2, 3L), RoundTrip((1, 2, 3L)));
        Assert.Equal([new Cell(1, 2), new Cell(3, 4)], RoundTrip(new[] { new Cell(1, 2), new Cell(3, 4) }));
        Assert.Equal(1 + (2 * 8), Encode(new[] { new Cell(1, 2), new Cell(3, 4) }).Length);
        Assert.Equal(5, RoundTrip(new Hidden(5)).Value);
        var four = default(Four);
        four[3] = 7;
        Assert.Equal(16, Encode(four).Length);
        Assert.Equal(7, RoundTrip(four)[3]);
    }

    [Fact]
    public void Structs_with_padding_or_references_or_addresses_do_not()
    {
        Assert.False(RawLayout.IsRaw(typeof((int, long))));
        Assert.False(RawLayout.IsRaw(typeof((int, string))));
        Assert.False(RawLayout.IsRaw(typeof((nint, nint))));
        Assert.False(RawLayout.IsRaw(typeof(GCHandle)));
        Assert.False(RawLayout.IsRaw(typeof(int?)));
        Assert.False(RawLayout.IsRaw(typeof((bool, bool))));
        Assert.Equal((1, 2L), RoundTrip((1, 2L)));
        Assert.Equal((true, false), RoundTrip((true, false)));
    }

    [Fact]
    public void Bytes_that_are_not_aligned_are_read()
    {
        double[] values = [1, 2, 3];
        byte[] encoded = Encode(values);
        for (int shift = 0; shift < 8; shift++)
        {
            byte[] shifted = [.. new byte[shift], .. encoded];
            Assert.Equal(values, PayloadFormat<double[]>.Instance.Read(shifted.AsSpan(shift)));
            Assert.Equal(Int128.MaxValue, PayloadFormat<Int128>.Instance.Read(((byte[])[.. new byte[shift], .. Encode(Int128.MaxValue)]).AsSpan(shift)));
        }
    }

    [Fact]
    public void Bytes_in_several_pieces_are_read()
    {
        byte[] encoded = Encode(new[] { 1L, 2L, 3L });
        var last = new Piece(encoded.AsMemory(10), 10);
        Assert.Equal([1L, 2L, 3L], Payload.Read<long[]>(new(new Piece(encoded.AsMemory(0, 10), 0, last), 0, last, encoded.Length - 10)));
    }

    [Fact]
    public void Texts_that_are_not_valid_unicode_come_back_unchanged()
    {
        foreach (string text in (string[])["\ud83d", "\ude00\ud83d", "a\ud83d", "\ud83d\ude00\ud83d", new string('x', 5000) + "\udfff", "\ud83d" + new string('ä', 5000)])
            Assert.Equal(text, RoundTrip(text));
    }

    [Fact]
    public void Long_texts_come_back_whatever_their_letters()
    {
        foreach (string letter in (string[])["x", "ä", "€", "😀"])
        {
            foreach (int length in (int[])[511, 512, 513, 300_000])
            {
                string text = string.Concat(Enumerable.Repeat(letter, length));
                Assert.Equal(text, RoundTrip(text));
            }
        }
    }

    [Fact]
    public void Elements_that_no_message_can_hold_are_refused_with_their_size()
    {
        Assert.Equal(1_000_000_000, RawElements.ByteLength(250_000_000, 4, typeof(int[])));
        string message = Assert.Throws<WorkNotPortableException>(() => RawElements.ByteLength(600_000_000, 4, typeof(int[]))).Message;
        Assert.Contains("Int32[] of 600,000,000 elements", message);
        Assert.Contains("2,400,000,000 bytes", message);
    }

    [Fact]
    public void A_list_of_a_derived_type_is_refused()
    {
        string message = Assert.Throws<WorkNotPortableException>(() => Encode<List<int>>(new Numbers())).Message;
        Assert.Contains("Numbers", message);
        Assert.Contains("List<Int32>", message);
    }

    [Fact]
    public void Numbers_travel_without_allocation()
    {
        var output = new FrameBuffer();
        Once(output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Once(output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Once(FrameBuffer output)
        {
            output.Clear();
            Payload.Write(output, 42);
            Payload.Write(output, (1.5, 2.5));
            Payload.Write<int?>(output, 7);
            Payload.Write(output, DateTime.MaxValue);
            Payload.Write(output, 5m);
            if (PayloadFormat<int>.Instance.Read(output.Written.Span[..4]) != 42) throw new InvalidOperationException();
        }
    }

    private readonly record struct Cell(int Row, int Column);

    private readonly struct Hidden(long value)
    {
        private readonly long _value = value;

        internal long Value => _value;
    }

    [InlineArray(4)]
    private struct Four
    {
        private int _first;
    }

    private sealed class Numbers : List<int>;

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(ReadOnlyMemory<byte> memory, long start, Piece? next = null)
        {
            Memory = memory;
            RunningIndex = start;
            Next = next;
        }
    }
}
