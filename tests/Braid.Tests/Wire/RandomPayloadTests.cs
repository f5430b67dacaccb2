using System.Numerics;
using Braid.Tests.Processes;
using Xunit;
using static Braid.Tests.Wire.Payloads;

namespace Braid.Tests.Wire;

/// <summary>Values that nobody thought of, the same ones in every run.</summary>
public sealed class RandomPayloadTests
{
    private const int Rounds = 300;

    private readonly Random _random = new(4711);

    [Fact]
    public void Numbers_and_dates_come_back()
    {
        for (int i = 0; i < Rounds; i++)
        {
            Same(_random.NextInt64(long.MinValue, long.MaxValue));
            Same(new decimal(_random.Next(), _random.Next(), _random.Next(), _random.Next(2) == 0, (byte)_random.Next(29)));
            Same(Date());
            Same<DateTimeOffset?>(new DateTimeOffset(_random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks / 2), TimeSpan.FromMinutes(_random.Next(-840, 841))));
            Same(new Int128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()));
            Same(new BigInteger(Bytes()));
            Same((_random.Next(), Date(), _random.NextDouble(), Letters()));
        }
    }

    [Fact]
    public void Texts_come_back_whatever_they_are_made_of()
    {
        for (int i = 0; i < Rounds; i++)
        {
            // Any 16 bits: most of these have half a surrogate pair somewhere.
            Same(new string([.. Enumerable.Range(0, _random.Next(50)).Select(_ => (char)_random.Next(char.MaxValue + 1))]));
            Same(Letters());
        }
    }

    [Fact]
    public void Arrays_come_back()
    {
        for (int i = 0; i < Rounds; i++)
        {
            Same(Bytes());
            Same(Many(() => BitConverter.Int64BitsToDouble(_random.NextInt64())));
            Same(Many(() => new decimal(_random.NextDouble())));
            Same(Many(Date));
            Same(Many(() => (_random.Next(), _random.NextSingle())));
            Same(Many(() => _random.Next(2) == 0));
            Same(Many(Letters).ToList());
        }
    }

    [Fact]
    public void Objects_come_back()
    {
        for (int i = 0; i < Rounds; i++)
        {
            var points = Many(() => new Point(_random.Next(), _random.Next(3) == 0 ? null : Letters()) { Values = [.. Many(_random.NextDouble)] });
            var copies = RoundTrip(points);
            Assert.Equal(points.Select(p => (p.X, p.Label)), copies.Select(p => (p.X, p.Label)));
            Assert.Equal(points.Select(p => p.Values), copies.Select(p => p.Values));
            Same(Many(() => (Letters(), _random.Next())).DistinctBy(p => p.Item1).ToDictionary(p => p.Item1, p => p.Item2));
            Same(Tree(_random.Next(6)));
        }
    }

    private static void Same<T>(T value) => Assert.Equal(value, RoundTrip(value));

    private Link? Tree(int depth) => depth == 0 ? null : new Link(_random.Next(), Tree(depth - 1));

    private DateTime Date() => new(_random.NextInt64(DateTime.MaxValue.Ticks), (DateTimeKind)_random.Next(3));

    private string Letters() => string.Concat(Many(() => new System.Text.Rune(_random.Next(2) == 0 ? _random.Next(0x20, 0xD800) : _random.Next(0x10000, 0x110000)).ToString()));

    private byte[] Bytes()
    {
        byte[] bytes = new byte[_random.Next(100)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private T[] Many<T>(Func<T> make) => [.. Enumerable.Range(0, _random.Next(12)).Select(_ => make())];
}
