using System.Net.Sockets;
using Braid.Processes;
using Braid.Tests.Support;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class SharedMemoryStreamTests : IDisposable
{
    private readonly SharedMemoryStream _parent = null!;
    private readonly SharedMemoryStream _worker = null!;

    public SharedMemoryStreamTests()
    {
        if (!Libc.HasFutex) Assert.Skip("Shared memory is for Linux.");
        using var file = new TemporaryFile();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(file.Path));
        listener.Listen();
        var worker = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        worker.Connect(new UnixDomainSocketEndPoint(file.Path));
        var memory = SharedMemory.Create(SharedMemoryStream.MemoryLength, out var descriptor);
        descriptor.Dispose();
        _parent = new(memory, new NetworkStream(listener.Accept(), ownsSocket: true), Environment.ProcessId, isParent: true);
        _worker = new(memory, new NetworkStream(worker, ownsSocket: true), Environment.ProcessId, isParent: false);
    }

    [Fact]
    public async Task Frames_larger_than_the_ring_pass_in_both_directions_at_once() =>
        await Task.WhenAll(
            Task.Run(() => Write(_parent, 1)), Task.Run(() => Read(_worker, 1)),
            Task.Run(() => Write(_worker, 2)), Task.Run(() => Read(_parent, 2))).Bounded();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_that_waits_returns_when_its_peer_is_gone(bool isOverwritten)
    {
        var reading = Task.Run(() => _parent.Read(new byte[1]));
        _ = _parent.WatchAsync();

        // A peer that has run wild: the reader is said to be awake.
        if (isOverwritten) _parent.BeginLooking();
        _worker.Dispose();
        Assert.Equal(0, await reading.Bounded());
    }

    [Fact]
    public async Task A_reader_that_leaves_reading_to_others_reads_when_they_do_not_come_back()
    {
        for (int round = 0; round < 100; round++)
        {
            var reading = Task.Run(() => _parent.Read(new byte[1]));
            _parent.BeginLooking();
            _parent.PauseLooking();
            _worker.Write([1]);
            Assert.Equal(1, await reading.Bounded());
        }
    }

    [Fact]
    public async Task A_writer_that_waits_fails_when_its_peer_is_gone()
    {
        var writing = Task.Run(() => _parent.Write(new byte[10 * SharedRing.Capacity]));
        _ = _parent.WatchAsync();
        _worker.ReadExactly(new byte[SharedRing.Capacity]);
        _worker.Dispose();
        await Assert.ThrowsAsync<IOException>(() => writing.Bounded());
    }

    [Fact]
    public async Task What_was_written_before_the_end_is_read_before_the_end()
    {
        _worker.Write([1, 2, 3]);
        _worker.Dispose();
        await _parent.WatchAsync().Bounded();
        byte[] bytes = new byte[10];
        Assert.Equal(3, _parent.Read(bytes));
        Assert.Equal(0, _parent.Read(bytes));
    }

    public void Dispose()
    {
        _parent?.Dispose();
        _worker?.Dispose();
    }

    private static void Write(SharedMemoryStream stream, byte mark)
    {
        var frames = new FrameBuffer();
        for (int i = 0; i < 50; i++)
        {
            frames.Begin(FrameType.Result);
            frames.Append(Enumerable.Repeat(mark, (i * 20_011) + 1).ToArray());
            frames.End();
            stream.Write(frames.Written.Span);
            frames.Clear();
        }
    }

    private static void Read(SharedMemoryStream stream, byte mark)
    {
        var reader = new FrameReader(stream) { LongestBody = int.MaxValue };
        for (int i = 0; i < 50; i++)
        {
            var body = reader.Expect(FrameType.Result).Body.Span;
            Assert.Equal((i * 20_011) + 1, body.Length);
            Assert.Equal(-1, body.IndexOfAnyExcept(mark));
        }
    }
}
