using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>The sockets of a loop with a seed: what a real network shows now and then, some seed shows. LoopSocketTests run on them too.</summary>
public sealed class MemorySocketTests : LoopTest
{
    [Fact]
    public void Messages_come_in_pieces_and_together_and_late_under_some_seeds()
    {
        var firsts = new HashSet<int>();
        Explore(async () =>
        {
            var (client, server) = await ConnectPairAsync();
            var start = Loop.TimeProvider.GetTimestamp();
            await client.SendAsync(new byte[10]);
            await client.SendAsync(new byte[10]);
            client.CompleteWrites();
            var buffer = new byte[100];
            firsts.Add(await server.ReceiveAsync(buffer));
            while (await server.ReceiveAsync(buffer) > 0) { }
            Assert.True(Loop.TimeProvider.GetElapsedTime(start) < TimeSpan.FromMilliseconds(2));
        }, seeds: 200);
        Assert.Contains(firsts, n => n < 10);
        Assert.Contains(10, firsts);
        Assert.Contains(firsts, n => n > 10);
    }

    [Fact]
    public void A_sender_waits_for_a_peer_that_does_not_receive() => Explore(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        var send = client.SendAsync(new byte[100_000]).AsTask();
        await Loop.AdvanceUntilIdleAsync();
        Assert.False(send.IsCompleted);
        await ReceiveExactlyAsync(server, new byte[100_000]);
        await send;
    }, seeds: 20);

    [Fact]
    public void Disposing_with_unread_data_resets_the_connection() => Explore(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        await client.SendAsync(new byte[10]);
        await Loop.WaitUntilIdleAsync();
        await server.SendAsync(new byte[3]);
        await server.DisposeAsync();
        await ReceiveExactlyAsync(client, new byte[3]); // what was sent before the reset still arrives
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1]))).SocketErrorCode);
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(async () => await client.SendAsync(new byte[1]))).SocketErrorCode);
    }, seeds: 50);

    [Fact]
    public void Sending_to_a_peer_that_is_gone_fails_sooner_or_later() => Explore(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        await server.DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await client.SendAsync(new byte[1000]);
                await Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
            }
        });
    }, seeds: 50);

    [Fact]
    public void Sending_after_the_end_of_ones_own_side_is_refused() => Explore(async () =>
    {
        var (client, _) = await ConnectPairAsync();
        client.CompleteWrites();
        Assert.Equal(SocketError.Shutdown, (await Assert.ThrowsAsync<SocketException>(async () => await client.SendAsync(new byte[1]))).SocketErrorCode);
    }, seeds: 5);

    [Fact]
    public void Connections_that_nobody_accepted_are_reset_with_their_listener() => Explore(async () =>
    {
        var listener = LoopListener.Bind(FreeEndPoint(unix: true));
        await using var client = await LoopSocket.ConnectAsync(listener.LocalEndPoint);
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1]));
    }, seeds: 20);

    [Fact]
    public void A_connect_under_way_is_cancelled() => Explore(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        using var source = new CancellationTokenSource();
        var connect = LoopSocket.ConnectAsync(listener.LocalEndPoint, source.Token).AsTask();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);
        await Loop.AdvanceUntilIdleAsync();
    }, seeds: 5);

    [Fact]
    public void Any_address_and_any_name_is_the_loop_itself() => Run(async () =>
    {
        await using var any = LoopListener.Bind(new IPEndPoint(IPAddress.Any, 443));
        await using var other = LoopListener.Bind(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 80));
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => LoopListener.Bind(new IPEndPoint(IPAddress.Any, 443))).SocketErrorCode);
        Assert.NotEqual(0, ((IPEndPoint)LoopListener.Bind(FreeEndPoint(unix: false)).LocalEndPoint).Port);
        await using var byName = await LoopSocket.ConnectAsync(new DnsEndPoint("shop.example", 443));
        await using var byAddress = await LoopSocket.ConnectAsync(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 80));
        await (await any.AcceptAsync()).DisposeAsync();
        await (await other.AcceptAsync()).DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(async () => await LoopSocket.ConnectAsync(new DnsEndPoint("shop.example", 80)));
    }, Memory);

    [Fact]
    public void SslStream_runs_on_them() => Run(async () =>
    {
        var (client, server) = await ConnectPairAsync();
        using var certificate = TestCertificate.Create("loop");
        await using var secureServer = new SslStream(server.AsStream());
        await using var secureClient = new SslStream(client.AsStream(), false, (_, presented, _, _) => presented?.GetCertHashString() == certificate.Thumbprint);
        await Task.WhenAll(secureServer.AuthenticateAsServerAsync(certificate), secureClient.AuthenticateAsClientAsync("loop"));
        var message = new byte[50_000];
        new Random(1).NextBytes(message);
        var received = new byte[message.Length];
        await Task.WhenAll(secureClient.WriteAsync(message).AsTask(), secureServer.ReadExactlyAsync(received).AsTask());
        Assert.Equal(message, received);
    }, Memory);
}
