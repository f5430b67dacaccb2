using Braid.Processes;
using Braid.Tests.Support;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class SharedRingTests : IDisposable
{
    private readonly SharedMemory _memory = null!;

    public SharedRingTests()
    {
        if (!Libc.HasFutex) Assert.Skip("Shared memory is for Linux.");
        _memory = SharedMemory.Create(SharedMemoryStream.MemoryLength, out var descriptor);
        descriptor.Dispose();
    }

    [Fact]
    public void Bytes_come_out_as_they_went_in_around_the_end_at_every_offset()
    {
        var writer = Writer();
        var reader = Reader();
        byte[] piece = new byte[SharedRing.Capacity - 1];
        new Random(1).NextBytes(piece);
        byte[] read = new byte[piece.Length];

        // Each round begins one byte before the last one began; so all offsets are visited.
        for (int round = 0; round < SharedRing.Capacity + 1; round++)
        {
            int length = round % 16 == 0 ? piece.Length : SharedRing.Capacity - 1 - (round % 7);
            Assert.Equal(length, writer.Write(piece.AsSpan(0, length)));
            Assert.Equal(length, reader.Read(read));
            Assert.True(read.AsSpan(0, length).SequenceEqual(piece.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_full_ring_takes_nothing_and_an_empty_one_gives_nothing()
    {
        var writer = Writer();
        var reader = Reader();
        byte[] bytes = new byte[SharedRing.Capacity + 100];
        Assert.Equal(0, reader.Read(bytes));
        Assert.Equal(SharedRing.Capacity, writer.Write(bytes));
        Assert.Equal(0, writer.Write(bytes));
        Assert.Equal(10, reader.Read(bytes.AsSpan(0, 10)));
        Assert.Equal(10, writer.Write(bytes));
        Assert.Equal(SharedRing.Capacity, reader.Read(bytes));
        Assert.False(reader.HasBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Two_threads_pass_pieces_of_any_size(int seed)
    {
        var (writer, reader) = (Writer(), Reader());
        const int Total = 8_000_000;
        byte[] sent = new byte[Total];
        new Random(seed).NextBytes(sent);
        byte[] got = new byte[Total];
        var writing = Task.Run(() =>
        {
            var random = new Random(seed);
            for (int done = 0; done < Total;) done += writer.Write(sent.AsSpan(done, Math.Min(Total - done, random.Next(1, 100_000))));
        });
        var reading = Task.Run(() =>
        {
            var random = new Random(seed + 100);
            for (int done = 0; done < Total;) done += reader.Read(got.AsSpan(done, Math.Min(Total - done, random.Next(1, 100_000))));
        });
        await Task.WhenAll(writing, reading).Bounded();
        Assert.True(sent.AsSpan().SequenceEqual(got));
    }

    [Theory]
    [InlineData(4L, 10L)]
    [InlineData(SharedRing.Capacity + 11L, 10L)]
    [InlineData(long.MaxValue, 10L)]
    [InlineData(long.MinValue, 10L)]
    [InlineData(-1L, 10L)]
    public void A_tail_that_cannot_be_is_refused(long tail, long head)
    {
        var writer = Writer();
        var reader = Reader();
        byte[] bytes = new byte[head];
        writer.Write(bytes);
        reader.Read(bytes);
        Overwrite(SharedRing.TailOffset, tail);
        Assert.Contains("The shared memory is broken", Assert.Throws<InvalidFrameException>(() => reader.Read(bytes)).Message);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(SharedRing.Capacity + 1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_head_that_cannot_be_is_refused(long head)
    {
        var writer = Writer();
        Assert.Equal(SharedRing.Capacity, writer.Write(new byte[SharedRing.Capacity]));
        Overwrite(SharedRing.HeadOffset, head);
        Assert.Contains("The shared memory is broken", Assert.Throws<InvalidFrameException>(() => writer.Write([1])).Message);
    }

    public void Dispose() => _memory?.Dispose();

    private unsafe SharedRingWriter Writer() => new(_memory.Address);

    private unsafe SharedRingReader Reader() => new(_memory.Address);

    private unsafe void Overwrite(int offset, long value) => Volatile.Write(ref *(long*)(_memory.Address + offset), value);
}
