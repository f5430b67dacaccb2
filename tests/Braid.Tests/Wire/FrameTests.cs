using Braid.Wire;
using Xunit;

namespace Braid.Tests.Wire;

public sealed class FrameTests
{
    [Fact]
    public void Frames_are_read_as_they_were_written_whatever_the_pieces()
    {
        var output = new FrameBuffer();
        for (int i = 0; i < 200; i++) output.WriteItemFrame(i % 2 == 0 ? FrameType.Started : FrameType.Cancel, i);
        output.Begin(FrameType.Result);
        output.WriteInt64(7);
        output.Append(new byte[300_000]);
        output.End();
        output.WriteGoodbye();
        foreach (int piece in (int[])[1, 3, 7, 64, 100_000, 1_000_000])
        {
            var reader = new FrameReader(new PieceStream(output.Written.ToArray(), piece)) { LongestBody = int.MaxValue };
            for (int i = 0; i < 200; i++)
            {
                Assert.True(reader.TryRead(out var frame));
                Assert.Equal((i % 2 == 0 ? FrameType.Started : FrameType.Cancel, (long)i), (frame.Type, frame.Fields.ReadInt64()));
            }

            Assert.Equal(300_008, reader.Expect(FrameType.Result).Body.Length);
            Assert.Equal(0, reader.Expect(FrameType.Goodbye).Body.Length);
            Assert.False(reader.TryRead(out _));
        }
    }

    [Fact]
    public void An_answer_that_waits_says_which_item_begins()
    {
        var output = new FrameBuffer();
        output.WriteStarted(1, 11);
        output.BeginEnd(FrameType.Result, 1);
        output.WriteInt64(100);
        output.End();
        output.WriteEnded(12);
        output.WriteStarted(2, 12);
        output.WriteStarted(3, 13);
        int start = output.Length;
        output.BeginEnd(FrameType.Error, 3);
        output.TruncateTo(start);
        output.WriteEnded(0);
        output.WriteStarted(4, 14);

        // Not at the moment when the one before it ended: something took time in between.
        output.BeginEnd(FrameType.Result, 4);
        output.End();
        output.WriteEnded(15);
        output.WriteStarted(5, 16);
        var reader = new FrameReader(new MemoryStream(output.Written.ToArray())) { LongestBody = int.MaxValue };
        Assert.Equal((1, 11), Two(reader.Expect(FrameType.Started)));
        var result = reader.Expect(FrameType.Result).Fields;
        Assert.Equal((1, 2, 12, 100), (result.ReadInt64(), result.ReadInt64(), result.ReadInt64(), result.ReadInt64()));
        Assert.Equal((3, 13), Two(reader.Expect(FrameType.Started)));
        Assert.Equal((4, 14), Two(reader.Expect(FrameType.Started)));
        var last = reader.Expect(FrameType.Result).Fields;
        Assert.Equal((4, Frame.NoItem, 15), (last.ReadInt64(), last.ReadInt64(), last.ReadInt64()));
        Assert.Equal((5, 16), Two(reader.Expect(FrameType.Started)));

        static (long, long) Two(Frame frame)
        {
            var fields = frame.Fields;
            return (fields.ReadInt64(), fields.ReadInt64());
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 99 }, "does not exist")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "does not exist")]
    [InlineData(new byte[] { 255, 255, 255, 255, 17 }, "at most")]
    [InlineData(new byte[] { 1, 1, 0, 0, 2 }, "at most 256")]
    [InlineData(new byte[] { 17, 0, 0, 0, 32 }, "at most 16")]
    public void Malformed_frames_are_refused_before_anything_is_allocated(byte[] bytes, string why)
    {
        var reader = new FrameReader(new MemoryStream(bytes)) { LongestBody = int.MaxValue };
        Assert.Contains(why, Assert.Throws<InvalidFrameException>(() => reader.TryRead(out _)).Message);
    }

    [Theory]
    [InlineData(new byte[] { 8, 0, 0, 0, 32, 1, 2 })]
    [InlineData(new byte[] { 8, 0 })]
    [InlineData(new byte[] { 0, 0, 2, 0, 33, 1 })]
    public void A_stream_that_ends_inside_a_frame_is_an_end(byte[] bytes)
    {
        var reader = new FrameReader(new MemoryStream(bytes)) { LongestBody = int.MaxValue };
        Assert.Throws<EndOfStreamException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void A_peer_that_has_proved_nothing_may_send_little()
    {
        var reader = new FrameReader(new MemoryStream([0, 0, 0, 0x40, (byte)FrameType.Call]));
        Assert.Contains("at most 256", Assert.Throws<InvalidFrameException>(() => reader.TryRead(out _)).Message);
    }

    [Fact]
    public void Fields_never_read_past_the_end()
    {
        Assert.Throws<InvalidFrameException>(() => new FieldReader([1, 2]).ReadInt32());
        Assert.Throws<InvalidFrameException>(() => new FieldReader([100, 0, 0, 0, 1]).ReadText());
        Assert.Throws<InvalidFrameException>(() => new FieldReader([254, 255, 255, 255, 1]).ReadText());
        Assert.Throws<InvalidFrameException>(() => new FieldReader([255, 255, 255, 127]).ReadTexts());
        Assert.Throws<InvalidFrameException>(() => new FieldReader([1]).ExpectEnd());
    }

    [Fact]
    public async Task Frames_from_many_threads_do_not_mix()
    {
        var stream = new MemoryStream();
        var writer = new FrameWriter(stream);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            var frames = new FrameBuffer();
            for (int i = 0; i < 500; i++)
            {
                frames.Begin(FrameType.Result);
                frames.WriteInt64(t);
                frames.Append(new byte[i % 50 == 0 ? 100_000 : 10]);
                frames.End();
                frames = writer.Add(frames);
                writer.Add(FrameType.Cancel, i);
                writer.Flush();
            }
        })));
        writer.Flush();
        stream.Position = 0;
        var reader = new FrameReader(stream) { LongestBody = int.MaxValue };
        int results = 0;
        int cancels = 0;
        while (reader.TryRead(out var frame)) _ = frame.Type == FrameType.Result ? results++ : cancels++;
        Assert.Equal((4000, 4000), (results, cancels));
    }

    private sealed class PieceStream(byte[] bytes, int piece) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int length = Math.Min(Math.Min(count, piece), bytes.Length - _position);
            bytes.AsSpan(_position, length).CopyTo(buffer.AsSpan(offset));
            _position += length;
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
