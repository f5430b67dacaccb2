using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopNameTests : LoopTest
{
    [Theory, MemberData(nameof(Pollers))]
    public void The_addresses_of_a_name_are_tried_in_turn(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        Loop.Resolver = Answer("127.0.0.2", "127.0.0.1");
        await using var socket = await LoopSocket.ConnectAsync(new DnsEndPoint("a.test", port));
        await (await listener.AcceptAsync()).DisposeAsync();
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void If_no_address_answers_the_error_tells_of_all(LoopPoller poller) => Run(async () =>
    {
        using var taken = TakePort(out var port);
        Loop.Resolver = Answer("127.0.0.2", "127.0.0.1");
        var error = await Assert.ThrowsAsync<SocketException>(async () => await LoopSocket.ConnectAsync(new DnsEndPoint("a.test", port)));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Equal($"Could not connect to a.test:{port}: 127.0.0.2:{port} Connection refused; 127.0.0.1:{port} Connection refused.", error.Message);

        Loop.Resolver = Answer();
        error = await Assert.ThrowsAsync<SocketException>(async () => await LoopSocket.ConnectAsync(new DnsEndPoint("a.test", port)));
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
        Assert.Contains("the name has no address", error.Message);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void An_address_that_does_not_answer_is_named_in_the_error(LoopPoller poller) => Run(async () =>
    {
        using var taken = TakePort(out var port);
        var error = await Assert.ThrowsAsync<SocketException>(async () => await LoopSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)));
        Assert.Equal($"Could not connect to 127.0.0.1:{port}: Connection refused.", error.Message);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_name_that_nobody_knows_is_named_in_the_error(LoopPoller poller) => Run(async () =>
    {
        Loop.Resolver = (_, _, _) => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        var error = await Assert.ThrowsAsync<SocketException>(async () => await LoopSocket.ConnectAsync(new DnsEndPoint("a.test", 1)));
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
        Assert.StartsWith("Could not resolve the name a.test: ", error.Message);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_resolver_that_is_silent_holds_up_nobody_and_is_given_up(LoopPoller poller) => Run(async () =>
    {
        // As the system's own: it takes no notice of the token.
        Loop.Resolver = (_, _, _) => new TaskCompletionSource<IPAddress[]>().Task;
        for (var elsewhere = 0; elsewhere < 2; elsewhere++)
        {
            using var source = new CancellationTokenSource();
            var connect = LibraryConnectAsync(source.Token);
            for (var i = 0; i < 10; i++) await EventLoop.Yield();
            Assert.False(connect.IsCompleted);
            if (elsewhere == 0) source.Cancel();
            else await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source);
            Assert.Equal(Environment.CurrentManagedThreadId, await connect);
        }

        static async Task<int> LibraryConnectAsync(CancellationToken cancellationToken)
        {
            try
            {
                await LoopSocket.ConnectAsync(new DnsEndPoint("a.test", 1), cancellationToken).ConfigureAwait(false);
                return 0;
            }
            catch (OperationCanceledException)
            {
                return Environment.CurrentManagedThreadId;
            }
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void The_systems_resolver_is_asked_off_the_loop_and_the_answer_comes_back_to_it(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: false));
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        await using var socket = await LoopSocket.ConnectAsync(new DnsEndPoint("localhost", port, AddressFamily.InterNetwork)).ConfigureAwait(false);
        Assert.NotNull(EventLoop.Current);
    }, poller);

    private static Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> Answer(params string[] addresses) =>
        (_, _, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    /// <summary>A socket with a port at which nobody listens, and nobody else can as long as it is there.</summary>
    private static Socket TakePort(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
