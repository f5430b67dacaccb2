using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopSocketTests : LoopTest
{
    [Theory, MemberData(nameof(PollersAndUnix))]
    public void What_is_sent_comes_back(LoopPoller poller, bool unix) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync(unix);
        var echo = EchoUntilEndAsync(server);
        var thread = Environment.CurrentManagedThreadId;
        var reply = new byte[5];
        for (var i = 0; i < 200; i++)
        {
            byte[] message = [1, 2, 3, 4, (byte)i];
            await client.SendAsync(message);
            await ReceiveExactlyAsync(client, reply);
            Assert.Equal(message, reply);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        client.CompleteWrites();
        await echo;
        await server.DisposeAsync();
        Assert.Equal(0, await client.ReceiveAsync(reply));
    }, poller);

    [Theory, MemberData(nameof(PollersAndUnix))]
    public void Eight_mebibytes_go_both_ways_at_once(LoopPoller poller, bool unix) => Run(async () =>
    {
        var (a, b) = await ConnectPairAsync(unix);
        var fromA = new byte[8 << 20];
        var fromB = new byte[8 << 20];
        new Random(1).NextBytes(fromA);
        new Random(2).NextBytes(fromB);
        var atA = new byte[fromB.Length];
        var atB = new byte[fromA.Length];
        await Task.WhenAll(a.SendAsync(fromA).AsTask(), b.SendAsync(fromB).AsTask(), ReceiveExactlyAsync(a, atA), ReceiveExactlyAsync(b, atB));
        Assert.True(atB.AsSpan().SequenceEqual(fromA));
        Assert.True(atA.AsSpan().SequenceEqual(fromB));
    }, poller);

    [Theory, MemberData(nameof(PollersAndUnix))]
    public void The_end_of_one_side_leaves_the_other_open(LoopPoller poller, bool unix) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync(unix);
        await client.SendAsync("ask"u8.ToArray());
        client.CompleteWrites();
        var buffer = new byte[10];
        await ReceiveExactlyAsync(server, buffer.AsMemory(0, 3));
        Assert.Equal(0, await server.ReceiveAsync(buffer));
        Assert.Equal(0, await server.ReceiveAsync(buffer));
        await server.SendAsync("answer"u8.ToArray());
        await server.DisposeAsync();
        await ReceiveExactlyAsync(client, buffer.AsMemory(0, 6));
        Assert.Equal(0, await client.ReceiveAsync(buffer));
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void An_end_that_arrives_together_with_data_is_seen(LoopPoller poller) => Run(async () =>
    {
        for (var i = 0; i < 100; i++)
        {
            var (client, server) = await ConnectPairAsync();
            await client.SendAsync(new byte[3]);
            await client.DisposeAsync();
            if (i % 2 == 0) await Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
            var buffer = new byte[100];
            await ReceiveExactlyAsync(server, buffer.AsMemory(0, 3));
            Assert.Equal(0, await server.ReceiveAsync(buffer));
            await server.DisposeAsync();
        }
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Receiving_into_an_empty_buffer_waits_for_data_and_leaves_it(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        var waiting = server.ReceiveAsync(Memory<byte>.Empty).AsTask();
        for (var i = 0; i < 10; i++) await EventLoop.Yield();
        Assert.False(waiting.IsCompleted);
        await client.SendAsync(new byte[] { 7 });
        Assert.Equal(0, await waiting);
        var buffer = new byte[2];
        Assert.Equal(1, await server.ReceiveAsync(buffer));
        Assert.Equal(7, buffer[0]);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_receive_is_cancelled_and_the_socket_goes_on(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            var receive = server.ReceiveAsync(new byte[10], source.Token).AsTask();
            await EventLoop.Yield();
            if (i % 2 == 0) source.Cancel();
            else await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source);
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
            Assert.Equal(source.Token, error.CancellationToken);
        }

        await client.SendAsync(new byte[4]);
        await ReceiveExactlyAsync(server, new byte[4]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await server.ReceiveAsync(new byte[10], new CancellationToken(true)));
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_send_that_nobody_reads_is_cancelled(LoopPoller poller) => Run(async () =>
    {
        var (client, _) = await ConnectPairAsync();
        using var source = new CancellationTokenSource();
        var send = client.SendAsync(new byte[64 << 20], source.Token).AsTask();
        await EventLoop.Yield();
        Assert.False(send.IsCompleted);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void An_accept_is_cancelled_and_the_listener_goes_on(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        using var source = new CancellationTokenSource();
        var accept = listener.AcceptAsync(source.Token).AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = listener.AcceptAsync(); });
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        var second = listener.AcceptAsync().AsTask();
        await using var client = await LoopSocket.ConnectAsync(listener.LocalEndPoint);
        await (await second).DisposeAsync();
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_connect_is_cancelled(LoopPoller poller) => Run(async () =>
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await LoopSocket.ConnectAsync(FreeEndPoint(false), new CancellationToken(true)));

        // A listener that never accepts, its queue full: the next connect waits.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(1);
        using var source = new CancellationTokenSource();
        var connects = Enumerable.Range(0, 10).Select(_ => LoopSocket.ConnectAsync(full.LocalEndPoint!, source.Token).AsTask()).ToArray();
        await UntilAsync(() => connects.Any(c => c.IsCompleted));
        for (var i = 0; i < 10; i++) await EventLoop.Yield();
        Assert.Contains(connects, c => !c.IsCompleted);
        source.Cancel();
        await Task.WhenAll(connects).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.All(connects, c => Assert.True(c.IsCanceled || c.IsCompletedSuccessfully));
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Disposing_during_a_receive_fails_it(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        var receive = server.ReceiveAsync(new byte[1]).AsTask();
        await EventLoop.Yield();
        await server.DisposeAsync();
        await server.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receive);
        Assert.Throws<ObjectDisposedException>(() => { _ = server.ReceiveAsync(new byte[1]); });
        Assert.Throws<ObjectDisposedException>(() => { _ = server.SendAsync(new byte[1]); });
        if (poller != LoopPoller.Portable) Assert.Equal(0, await client.ReceiveAsync(new byte[1])); // .NET's sockets reset instead
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Disposing_from_another_thread_works(LoopPoller poller) => Run(async () =>
    {
        var (_, server) = await ConnectPairAsync();
        var receive = server.ReceiveAsync(new byte[1]).AsTask();
        await Task.Run(async () => await server.DisposeAsync(), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receive);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Disposing_a_listener_fails_its_accept(LoopPoller poller) => Run(async () =>
    {
        var listener = LoopListener.Bind(FreeEndPoint(unix: true));
        var accept = listener.AcceptAsync().AsTask();
        await EventLoop.Yield();
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accept);
        Assert.False(File.Exists(listener.LocalEndPoint.ToString()));
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_second_receive_at_the_same_time_is_refused(LoopPoller poller) => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        var first = server.ReceiveAsync(new byte[1]).AsTask();
        var error = Assert.Throws<InvalidOperationException>(() => { _ = server.ReceiveAsync(new byte[1]); });
        Assert.Contains("A receive is in progress", error.Message);
        await client.SendAsync(new byte[1]);
        Assert.Equal(1, await first);

        var send = client.SendAsync(new byte[64 << 20]).AsTask();
        Assert.Contains("A send is in progress", Assert.Throws<InvalidOperationException>(() => { _ = client.SendAsync(new byte[1]); }).Message);
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => send);
    }, poller);

    [Theory, MemberData(nameof(PollersAndUnix))]
    public void Connecting_where_nobody_listens_is_a_SocketException(LoopPoller poller, bool unix) => Run(async () =>
    {
        var listener = LoopListener.Bind(FreeEndPoint(unix));
        var endpoint = listener.LocalEndPoint;
        await listener.DisposeAsync();
        var error = await Assert.ThrowsAsync<SocketException>(async () => await LoopSocket.ConnectAsync(endpoint));
        if (!unix) Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_reset_is_a_SocketException(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        peer.Connect(listener.LocalEndPoint);
        var server = await listener.AcceptAsync();
        var receive = server.ReceiveAsync(new byte[1]).AsTask();
        await EventLoop.Yield();
        peer.Dispose();
        var error = await Assert.ThrowsAsync<SocketException>(() => receive);
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Names_are_resolved(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        await using var byName = await LoopSocket.ConnectAsync(new DnsEndPoint("localhost", port));
        await using var byNumber = await LoopSocket.ConnectAsync(new DnsEndPoint("127.0.0.1", port));
        Assert.NotNull(EventLoop.Current);
    }, poller);

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void A_thousand_connections_at_once_all_get_their_answer(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: true));
        async Task ServeAsync()
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                _ = EchoUntilEndAsync(socket);
            }
        }

        var serving = ServeAsync();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            await using var client = await LoopSocket.ConnectAsync(listener.LocalEndPoint);
            await client.SendAsync(BitConverter.GetBytes(i));
            var reply = new byte[4];
            await ReceiveExactlyAsync(client, reply);
            Assert.Equal(i, BitConverter.ToInt32(reply));
        }));
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => serving);
    }, poller);

    [Fact]
    public void A_receive_that_never_has_to_wait_lets_others_run() => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        await client.SendAsync(new byte[20_000]);
        await UntilAsync(() => true);
        var ran = false;
        Loop.Post(_ => ran = true, null);
        var one = new byte[1];
        for (var i = 0; i < 20_000; i++) await server.ReceiveAsync(one);
        Assert.True(ran);
    });

    [Fact]
    public void An_echo_round_trip_allocates_nothing_once_warm() => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        _ = EchoUntilEndAsync(server);
        var buffer = new byte[64];
        async Task RoundTripsAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await client.SendAsync(buffer);
                for (var received = 0; received < buffer.Length;) received += await client.ReceiveAsync(buffer.AsMemory(received));
            }
        }

        await RoundTripsAsync(1000);
        Assert.InRange(await AllocatedByAsync(() => RoundTripsAsync(1000)), 0, 2000); // the method's own task, not one per round trip
    });
}
