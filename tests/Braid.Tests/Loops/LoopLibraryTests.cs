using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>Library code, which awaits with ConfigureAwait(false), on the loop's sockets.</summary>
public sealed class LoopLibraryTests : LoopTest
{
    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_StreamReader_reads_lines_without_leaving_the_loop(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        var recording = new RecordingStream(server.AsStream());
        var thread = Environment.CurrentManagedThreadId;
        async Task WriteAsync()
        {
            await using var writer = new StreamWriter(client.AsStream());
            for (var i = 0; i < 500; i++)
            {
                await writer.WriteLineAsync($"line {i}");
                await writer.FlushAsync();
                if (i % 3 == 0) await EventLoop.Yield();
            }
        }

        var writing = WriteAsync();
        using var reader = new StreamReader(recording);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal($"line {i}", await reader.ReadLineAsync());
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        Assert.Null(await reader.ReadLineAsync());
        await writing;
        Assert.Equal([thread], recording.Threads);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void No_continuation_of_library_code_leaves_the_loop(LoopPoller poller) => Run(async () =>
    {
        var (a, b) = await ConnectPairAsync();
        var stream = new RecordingStream(a.AsStream());
        _ = EchoUntilEndAsync(b);
        for (var round = 0; round < 10; round++) await LibraryRoundTripAsync(stream);
        Assert.Equal([Environment.CurrentManagedThreadId], stream.Threads);

        // Three layers, as libraries are built: each awaits the one below with ConfigureAwait(false).
        static async Task LibraryRoundTripAsync(Stream stream)
        {
            for (var i = 0; i < 20; i++)
            {
                await WriteFrameAsync(stream, new byte[3000]).ConfigureAwait(false);
                await ReadFrameAsync(stream, new byte[3000]).ConfigureAwait(false);
            }
        }

        static async Task WriteFrameAsync(Stream stream, byte[] frame) => await stream.WriteAsync(frame).ConfigureAwait(false);
        static async Task ReadFrameAsync(Stream stream, byte[] frame) => await stream.ReadExactlyAsync(frame).ConfigureAwait(false);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void HttpClient_runs_on_the_loops_sockets_and_its_stream_calls_stay_on_the_loop(LoopPoller poller) => Run(async () =>
    {
        await using var server = new HttpServer();
        using var handler = Loop.CreateHttpHandler();
        var streams = new List<RecordingStream>();
        handler.PlaintextStreamFilter = (context, _) =>
        {
            var stream = new RecordingStream(context.PlaintextStream);
            lock (streams) streams.Add(stream);
            return ValueTask.FromResult<Stream>(stream);
        };
        using var client = new HttpClient(handler);
        var thread = Environment.CurrentManagedThreadId;

        // HttpClient hands a new connection to its first request on the thread pool; what that calls is carried to the loop.
        await client.GetStringAsync(server.Url);
        var offAtFirst = Assert.Single(streams).CallsOff(thread);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"hello /{i}", await client.GetStringAsync($"{server.Url}{i}"));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        Assert.Equal(offAtFirst, Assert.Single(streams).CallsOff(thread));
        Assert.True(streams[0].Calls > 100);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void HttpClient_makes_many_requests_at_once(LoopPoller poller) => Run(async () =>
    {
        await using var server = new HttpServer();
        using var client = new HttpClient(Loop.CreateHttpHandler());
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.GetStringAsync($"{server.Url}{i}")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"hello /{i}"), answers);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_request_is_cancelled_and_a_refused_connection_is_an_error(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        using var client = new HttpClient(Loop.CreateHttpHandler());
        using var source = new CancellationTokenSource();
        var request = client.GetStringAsync($"http://{listener.LocalEndPoint}/", source.Token);
        await using var silent = await listener.AcceptAsync();
        Assert.NotEqual(0, await silent.ReceiveAsync(new byte[100])); // the request is on its way, so its connection will not be used again
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://{listener.LocalEndPoint}/"));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Callers_of_a_library_with_sockets_of_its_own_come_back_to_the_loop(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        var thread = Environment.CurrentManagedThreadId;
        var touched = 0; // only the loop touches it, so it needs no lock
        var serving = ServeAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TalkAsync()));
        await serving;
        Assert.Equal(20 * 20, touched);

        async Task ServeAsync()
        {
            for (var i = 0; i < 20; i++) _ = EchoUntilEndAsync(await listener.AcceptAsync());
        }

        async Task TalkAsync()
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(listener.LocalEndPoint);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(i, await QueryAsync(socket, (byte)i));
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                Assert.Same(Loop.Context, SynchronizationContext.Current);
                touched++;
            }
        }

        // As a database's driver does it.
        static async Task<byte> QueryAsync(Socket socket, byte query)
        {
            var buffer = new[] { query };
            await socket.SendAsync(buffer).ConfigureAwait(false);
            await socket.ReceiveAsync(buffer).ConfigureAwait(false);
            return buffer[0];
        }
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void What_a_library_does_when_its_token_is_cancelled_runs_on_the_loop_unless_CancelAsync_cancels_it(LoopPoller poller) => Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        Assert.Equal(thread, await CallbackThreadAsync(source =>
        {
            source.Cancel();
            return Task.CompletedTask;
        }));
        Assert.NotEqual(thread, await CallbackThreadAsync(source => source.CancelAsync()));
        Assert.Equal(thread, Environment.CurrentManagedThreadId);

        static async Task<int> CallbackThreadAsync(Func<CancellationTokenSource, Task> cancel)
        {
            using var source = new CancellationTokenSource();
            var called = 0;
            using var registration = source.Token.Register(() => called = Environment.CurrentManagedThreadId);
            await cancel(source);
            return called;
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_stream_works_from_other_threads_and_refuses_to_block_its_own(LoopPoller poller) => Run(async () =>
    {
        var (a, b) = await ConnectPairAsync();
        _ = EchoUntilEndAsync(b);
        var stream = a.AsStream();
        Assert.Same(stream, a.AsStream());
        Assert.Throws<InvalidOperationException>(() => stream.ReadByte());
        var answer = await Loop.OffloadAsync(s =>
        {
            s.Write("blocking"u8);
            var buffer = new byte[8];
            s.ReadExactly(buffer);
            return Encoding.ASCII.GetString(buffer);
        }, stream);
        Assert.Equal("blocking", answer);
        await Task.Run(() => stream.Dispose(), TestContext.Current.CancellationToken);
        await UntilAsync(() => Record.Exception(() => { _ = a.SendAsync(default); }) is ObjectDisposedException);
    }, poller);

    /// <summary>The smallest HTTP/1.1 server that keeps connections open: answers each GET with "hello" and the path.</summary>
    private sealed class HttpServer : IAsyncDisposable
    {
        private readonly LoopListener _listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly Task _accepting;

        public HttpServer() => _accepting = AcceptAsync();

        public string Url => $"http://{_listener.LocalEndPoint}/";

        public async ValueTask DisposeAsync()
        {
            await _listener.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => _accepting);
        }

        private async Task AcceptAsync()
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }

        private static async Task ServeAsync(LoopSocket socket)
        {
            await using var stream = socket.AsStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (await reader.ReadLineAsync() is { } request)
            {
                while (await reader.ReadLineAsync() is { Length: > 0 }) { }
                var body = $"hello {request.Split(' ')[1]}";
                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n"));
                await socket.SendAsync(Encoding.ASCII.GetBytes(body));
            }
        }
    }
}
