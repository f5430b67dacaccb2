using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>SslStream over a loop's socket, both ends on the loop.</summary>
public sealed class LoopTlsTests : LoopTest
{
    private static readonly X509Certificate2 Certificate = TestCertificate.Create();

    [Theory, MemberData(nameof(Pollers))]
    public void All_code_of_a_TLS_connection_runs_on_the_loops_thread(LoopPoller poller) => Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        var (clientSocket, serverSocket) = await ConnectPairAsync();
        var below = new RecordingStream(clientSocket.AsStream());
        var belowServer = new RecordingStream(serverSocket.AsStream());
        await using var client = new SslStream(below, leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            return Certificate.Equals(certificate);
        });
        await using var server = new SslStream(belowServer);
        await HandshakeAsync(client, server);
        Assert.True(client.IsEncrypted && server.IsEncrypted);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        var echo = EchoAsync(server, 100);
        for (var i = 0; i < 100; i++)
        {
            await client.WriteAsync(BitConverter.GetBytes(i));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            var answer = new byte[4];
            await client.ReadExactlyAsync(answer);
            Assert.Equal(i, BitConverter.ToInt32(answer));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        await echo;
        Assert.Equal([thread], below.Threads);
        Assert.Equal([thread], belowServer.Threads);

        static async Task EchoAsync(Stream stream, int count)
        {
            var message = new byte[4];
            for (var i = 0; i < count; i++)
            {
                await stream.ReadExactlyAsync(message);
                await stream.WriteAsync(message);
            }
        }
    }, poller);

    [Theory, MemberData(nameof(PollersAndUnix))]
    public void Eight_mebibytes_go_both_ways_at_once(LoopPoller poller, bool unix) => Run(async () =>
    {
        var (client, server) = await ConnectTlsAsync(unix);
        await using var _ = client;
        await using var __ = server;
        var fromClient = RandomNumberGenerator.GetBytes(8 << 20);
        var fromServer = RandomNumberGenerator.GetBytes(8 << 20);
        var atClient = new byte[fromServer.Length];
        var atServer = new byte[fromClient.Length];
        await Task.WhenAll(
            client.WriteAsync(fromClient).AsTask(), server.WriteAsync(fromServer).AsTask(),
            client.ReadExactlyAsync(atClient).AsTask(), server.ReadExactlyAsync(atServer).AsTask());
        Assert.True(atServer.AsSpan().SequenceEqual(fromClient));
        Assert.True(atClient.AsSpan().SequenceEqual(fromServer));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void The_end_of_one_side_leaves_the_other_open(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectTlsAsync();
        await using var _ = client;
        var buffer = new byte[10];
        await client.WriteAsync("ask"u8.ToArray());
        await client.ShutdownAsync(); // close_notify
        Assert.Equal(3, await server.ReadAsync(buffer));
        Assert.Equal(0, await server.ReadAsync(buffer));
        await server.WriteAsync("answer"u8.ToArray());
        await server.ShutdownAsync();
        await server.DisposeAsync();
        Assert.Equal(6, await client.ReadAtLeastAsync(buffer, 6));
        Assert.Equal(0, await client.ReadAsync(buffer));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Reading_into_an_empty_buffer_waits_for_data(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectTlsAsync();
        await using var _ = client;
        await using var __ = server;
        var waiting = server.ReadAsync(Memory<byte>.Empty).AsTask();
        for (var i = 0; i < 10; i++) await EventLoop.Yield();
        Assert.False(waiting.IsCompleted);
        await client.WriteAsync(new byte[] { 7 });
        Assert.Equal(0, await waiting);
        var buffer = new byte[2];
        Assert.Equal(1, await server.ReadAsync(buffer));
        Assert.Equal(7, buffer[0]);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_read_is_cancelled_and_the_connection_goes_on(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectTlsAsync();
        await using var _ = client;
        await using var __ = server;
        for (var i = 0; i < 10; i++)
        {
            using var source = new CancellationTokenSource();
            var read = server.ReadAsync(new byte[10], source.Token).AsTask();
            await EventLoop.Yield();
            if (i % 2 == 0) source.Cancel();
            else await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        }

        await client.WriteAsync(new byte[4]);
        Assert.Equal(4, await server.ReadAsync(new byte[10]));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_handshake_with_a_peer_that_is_silent_is_cancelled(LoopPoller poller) => Run(async () =>
    {
        var (socket, silent) = await ConnectPairAsync();
        await using var client = new SslStream(socket.AsStream());
        using var source = new CancellationTokenSource();
        var handshake = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, source.Token);
        Assert.NotEqual(0, await silent.ReceiveAsync(new byte[10_000])); // it has begun
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake);
        await silent.DisposeAsync();
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_certificate_that_nobody_trusts_is_refused(LoopPoller poller) => Run(async () =>
    {
        var (clientSocket, serverSocket) = await ConnectPairAsync();
        await using var client = new SslStream(clientSocket.AsStream());
        await using var server = new SslStream(serverSocket.AsStream());
        var serving = server.AuthenticateAsServerAsync(Certificate);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsClientAsync("localhost"));
        await client.DisposeAsync();
        await Record.ExceptionAsync(() => serving); // it may have been satisfied before the client was not
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_connection_that_breaks_is_an_IOException_of_its_stream(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        for (var way = 0; way < 3; way++)
        {
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            peer.Connect(listener.LocalEndPoint);
            await using var stream = (await listener.AcceptAsync()).AsStream();
            var operation = way switch
            {
                0 => stream.ReadAsync(new byte[1]).AsTask(),
                1 => stream.WriteAsync(new byte[64 << 20]).AsTask(),
                _ => Loop.OffloadAsync(s => s.ReadByte(), stream),
            };
            await EventLoop.Yield();
            peer.Dispose();
            var error = await Assert.ThrowsAsync<IOException>(() => operation);
            Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_stream_keeps_the_small_promises_too(LoopPoller poller) => Run(async () =>
    {
        var (a, b) = await ConnectPairAsync();
        var stream = a.AsStream();
        Assert.True(stream.CanRead && stream.CanWrite && !stream.CanTimeout);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.FlushAsync(new CancellationToken(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[1], new CancellationToken(true)));
        var read = Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, new byte[5], 0, 5, null);
        Assert.Contains("A read is in progress", Assert.Throws<InvalidOperationException>(() => { _ = stream.ReadAsync(new byte[1]); }).Message);
        await Task.Factory.FromAsync(b.AsStream().BeginWrite, b.AsStream().EndWrite, new byte[5], 0, 5, null);
        Assert.Equal(5, await read);
        await stream.DisposeAsync();
        Assert.False(stream.CanRead || stream.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => { _ = stream.WriteAsync(new byte[1]); });
    }, poller);

    private static async Task<(SslStream Client, SslStream Server)> ConnectTlsAsync(bool unix = false)
    {
        var (clientSocket, serverSocket) = await ConnectPairAsync(unix);
        var client = new SslStream(clientSocket.AsStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => Certificate.Equals(certificate));
        var server = new SslStream(serverSocket.AsStream());
        await HandshakeAsync(client, server);
        return (client, server);
    }

    private static Task HandshakeAsync(SslStream client, SslStream server) =>
        Task.WhenAll(server.AuthenticateAsServerAsync(Certificate), client.AuthenticateAsClientAsync("localhost"));
}
