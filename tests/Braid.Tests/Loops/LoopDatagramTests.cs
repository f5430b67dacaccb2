using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopDatagramTests : LoopTest
{
    public static TheoryData<LoopPoller, bool> PollersAndVersions => new()
    {
        { LoopPoller.Default, false }, { LoopPoller.Default, true }, { LoopPoller.Portable, false }, { LoopPoller.Portable, true },
    };

    [Theory, MemberData(nameof(PollersAndVersions))]
    public void What_is_sent_comes_back_to_its_sender(LoopPoller poller, bool v6) => Run(async () =>
    {
        SkipWithout(v6);
        await using var server = LoopDatagramSocket.Bind(Loopback(v6));
        await using var client = LoopDatagramSocket.Bind(Loopback(v6));
        var sender = new SocketAddress(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        var buffer = new byte[100];
        var thread = Environment.CurrentManagedThreadId;
        for (var length = 0; length <= 100; length++)
        {
            await client.SendToAsync(new byte[length], server.LocalEndPoint);
            Assert.Equal(length, await server.ReceiveFromAsync(buffer, sender));
            await server.SendToAsync(buffer.AsMemory(0, length), sender);
            var received = await client.ReceiveFromAsync(buffer);
            Assert.Equal(length, received.ReceivedBytes);
            Assert.Equal(server.LocalEndPoint, received.RemoteEndPoint);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
    }, poller);

    [Theory, MemberData(nameof(PollersAndVersions))]
    public void A_connected_socket_hears_its_peer_and_nobody_else(LoopPoller poller, bool v6) => Run(async () =>
    {
        SkipWithout(v6);
        await using var server = LoopDatagramSocket.Bind(Loopback(v6));
        await using var stranger = LoopDatagramSocket.Bind(Loopback(v6));
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        Assert.Equal(server.LocalEndPoint, client.RemoteEndPoint);
        Assert.Null(server.RemoteEndPoint);
        server.Connect(client.LocalEndPoint);
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);

        await stranger.SendToAsync(new byte[] { 66 }, client.LocalEndPoint);
        await server.SendAsync(new byte[] { 1 });
        var buffer = new byte[10];
        Assert.Equal(1, await client.ReceiveAsync(buffer));
        Assert.Equal(1, buffer[0]);
        await client.SendAsync(new byte[] { 2, 3 });
        Assert.Equal(2, await server.ReceiveAsync(buffer));
        Assert.Equal(2, buffer[0]);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_datagram_that_is_cut_off_is_an_error_and_the_next_one_is_whole(LoopPoller poller) => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        var buffer = new byte[10];
        for (var waits = 0; waits < 2; waits++)
        {
            if (waits == 0) await client.SendAsync(new byte[11]);
            var receive = server.ReceiveAsync(buffer).AsTask();
            if (waits == 1) await client.SendAsync(new byte[11]);
            var error = await Assert.ThrowsAsync<SocketException>(() => receive);
            Assert.Equal(SocketError.MessageSize, error.SocketErrorCode);
            Assert.Contains("longer than the buffer of 10 bytes", error.Message);
            await client.SendAsync(new byte[10]);
            Assert.Equal(10, (await server.ReceiveFromAsync(buffer)).ReceivedBytes);
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_datagram_that_is_too_long_is_an_error_and_the_socket_goes_on(LoopPoller poller) => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        var error = await Assert.ThrowsAsync<SocketException>(async () => await client.SendAsync(new byte[70_000]));
        Assert.Equal(SocketError.MessageSize, error.SocketErrorCode);
        Assert.Contains("70000 bytes", error.Message);
        await client.SendAsync(new byte[60_000]);
        Assert.Equal(60_000, await server.ReceiveAsync(new byte[65_535]));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_peer_that_is_not_there_is_an_error_and_the_socket_goes_on(LoopPoller poller) => Run(async () =>
    {
        var server = LoopDatagramSocket.Bind(Loopback());
        var endpoint = server.LocalEndPoint;
        await server.DisposeAsync();
        await using var client = await LoopDatagramSocket.ConnectAsync(endpoint);
        var receive = client.ReceiveAsync(new byte[10]).AsTask();
        await client.SendAsync(new byte[1]);
        var error = await Assert.ThrowsAsync<SocketException>(() => receive);
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);

        await using var second = LoopDatagramSocket.Bind(endpoint);
        await client.SendAsync(new byte[2]);
        Assert.Equal(2, await second.ReceiveAsync(new byte[10]));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_receive_is_cancelled_and_nothing_is_lost(LoopPoller poller) => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            var receive = server.ReceiveAsync(new byte[10], source.Token).AsTask();
            await EventLoop.Yield();
            if (i % 2 == 0) source.Cancel();
            else await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
        }

        await client.SendAsync(new byte[4]);
        Assert.Equal(4, await server.ReceiveAsync(new byte[10]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.SendAsync(new byte[1], new CancellationToken(true)));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Disposing_during_a_receive_fails_it(LoopPoller poller) => Run(async () =>
    {
        var here = LoopDatagramSocket.Bind(Loopback());
        var receive = here.ReceiveAsync(new byte[1]).AsTask();
        await EventLoop.Yield();
        await here.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receive);
        Assert.Throws<ObjectDisposedException>(() => { _ = here.ReceiveAsync(new byte[1]); });

        var elsewhere = LoopDatagramSocket.Bind(Loopback());
        receive = elsewhere.ReceiveAsync(new byte[1]).AsTask();
        await Task.Run(async () => await elsewhere.DisposeAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receive);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Misuse_is_told(LoopPoller poller) => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        var receive = server.ReceiveAsync(new byte[1]).AsTask();
        Assert.Contains("A receive is in progress", Assert.Throws<InvalidOperationException>(() => { _ = server.ReceiveFromAsync(new byte[1]); }).Message);
        Assert.Contains("connected to no peer", Assert.Throws<InvalidOperationException>(() => { _ = server.SendAsync(new byte[1]); }).Message);
        Assert.Contains($"connected to {server.LocalEndPoint}", Assert.Throws<InvalidOperationException>(() => { _ = client.SendToAsync(new byte[1], server.LocalEndPoint); }).Message);
        Assert.Contains("The buffer is empty", Assert.Throws<ArgumentException>(() => { _ = client.ReceiveAsync(default); }).Message);
        Assert.Contains("DualMode", Assert.Throws<ArgumentException>(() => { _ = server.SendToAsync(new byte[1], new IPEndPoint(IPAddress.IPv6Loopback, 1)); }).Message);
        Assert.Contains("room for", Assert.Throws<ArgumentException>(() => { _ = client.ReceiveFromAsync(new byte[1], new SocketAddress(AddressFamily.InterNetwork, 4)); }).Message);
        Assert.Contains("DnsEndPoint", Assert.Throws<ArgumentException>(() => { _ = LoopDatagramSocket.ConnectAsync(FreeEndPoint(unix: true)); }).Message);
        var taken = Assert.Throws<SocketException>(() => LoopDatagramSocket.Bind(server.LocalEndPoint));
        Assert.Equal(SocketError.AddressAlreadyInUse, taken.SocketErrorCode);
        Assert.Contains($"bind to {server.LocalEndPoint}", taken.Message);
        await client.SendAsync(new byte[1]);
        Assert.Equal(1, await receive);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Names_are_resolved_and_the_first_address_with_a_way_is_taken(LoopPoller poller) => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        Loop.Resolver = (_, _, _) => Task.FromResult(new[] { IPAddress.Parse("255.255.255.255"), IPAddress.Loopback }); // the first is refused without the broadcast option
        await using var client = await LoopDatagramSocket.ConnectAsync(new DnsEndPoint("a.test", server.LocalEndPoint.Port));
        await client.SendAsync(new byte[3]);
        Assert.Equal(3, await server.ReceiveAsync(new byte[10]));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_socket_is_configured_before_it_is_bound(LoopPoller poller) => Run(async () =>
    {
        SkipWithout(v6: true);
        var both = new LoopDatagramOptions { Configure = socket => socket.DualMode = true };
        await using var server = LoopDatagramSocket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0), both);
        await using var client = LoopDatagramSocket.Bind(Loopback());
        await client.SendToAsync(new byte[3], new IPEndPoint(IPAddress.Loopback, server.LocalEndPoint.Port));
        var received = await server.ReceiveFromAsync(new byte[10]);
        Assert.Equal(3, received.ReceivedBytes);
        await server.SendToAsync(new byte[4], client.LocalEndPoint);
        Assert.Equal(4, await client.ReceiveAsync(new byte[10]));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Several_sockets_share_a_port(LoopPoller poller) => Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux spreads datagrams over the sockets of a port.");
        var shared = new LoopDatagramOptions { SharePort = true };
        await using var first = LoopDatagramSocket.Bind(Loopback(), shared);
        await using var second = LoopDatagramSocket.Bind(first.LocalEndPoint, shared);
        var atFirst = first.ReceiveAsync(new byte[1]).AsTask();
        var atSecond = second.ReceiveAsync(new byte[1]).AsTask();
        for (var attempt = 0; attempt < 1000 && !(atFirst.IsCompleted && atSecond.IsCompleted); attempt++)
        {
            await using var client = await LoopDatagramSocket.ConnectAsync(first.LocalEndPoint);
            await client.SendAsync(new byte[1]);
            await EventLoop.Yield();
        }

        Assert.Equal(1, await atFirst);
        Assert.Equal(1, await atSecond);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Library_code_stays_on_the_loop(LoopPoller poller) => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        var echo = EchoAsync(server, 50);
        Assert.Equal(0, await PingAsync(client, 50));
        await echo;

        static async Task<int> PingAsync(LoopDatagramSocket socket, int count)
        {
            var buffer = new byte[10];
            var thread = Environment.CurrentManagedThreadId;
            var strays = 0;
            for (var i = 0; i < count; i++)
            {
                await socket.SendAsync(buffer.AsMemory(0, 1)).ConfigureAwait(false);
                await socket.ReceiveAsync(buffer).ConfigureAwait(false);
                if (Environment.CurrentManagedThreadId != thread) strays++;
            }

            return strays;
        }

        static async Task EchoAsync(LoopDatagramSocket socket, int count)
        {
            var buffer = new byte[10];
            for (var i = 0; i < count; i++)
            {
                var received = await socket.ReceiveFromAsync(buffer);
                await socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint);
            }
        }
    }, poller);

    [Fact]
    public void A_round_trip_allocates_nothing_once_warm() => Run(async () =>
    {
        await using var server = LoopDatagramSocket.Bind(Loopback());
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        _ = EchoAsync();
        var buffer = new byte[64];
        await RoundTripsAsync(1000);
        Assert.InRange(await AllocatedByAsync(() => RoundTripsAsync(1000)), 0, 2000); // the method's own task, not one per round trip

        async Task RoundTripsAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await client.SendAsync(buffer);
                await client.ReceiveAsync(buffer);
            }
        }

        async Task EchoAsync()
        {
            var datagram = new byte[64];
            while (true)
            {
                var length = await server.ReceiveFromAsync(datagram, sender);
                await server.SendToAsync(datagram.AsMemory(0, length), sender);
            }
        }
    });

    private static IPEndPoint Loopback(bool v6 = false) => new(v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);

    private static void SkipWithout(bool v6) => Assert.SkipUnless(!v6 || Socket.OSSupportsIPv6, "This system has no IPv6.");
}
