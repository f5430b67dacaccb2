using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Braid.Tests.Loops;

public sealed class LoopListenerTests : LoopTest
{
    private static readonly LoopListenerOptions Shared = new() { SharePort = true };

    [Theory, MemberData(nameof(Pollers))]
    public void Several_loops_accept_on_one_port(LoopPoller poller)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux spreads connections over the sockets of a port.");
        const int others = 2;
        using var allBound = new CountdownEvent(others);
        using var stop = new CancellationTokenSource();
        var threads = new List<Thread>();
        Run(async () =>
        {
            await using var first = LoopListener.Bind(FreeEndPoint(unix: false), Shared);
            var serving = TellNumberAsync(first, 0, stop.Token);
            for (byte number = 1; number <= others; number++) threads.Add(StartLoop(number, first.LocalEndPoint));
            Assert.True(await Loop.OffloadAsync(bound => bound.Wait(Bound), allBound));
            var answered = new HashSet<byte>();
            for (var attempt = 0; attempt < 1000 && answered.Count <= others; attempt++)
            {
                await using var client = await LoopSocket.ConnectAsync(first.LocalEndPoint);
                var number = new byte[1];
                await ReceiveExactlyAsync(client, number);
                answered.Add(number[0]);
            }

            Assert.Equal(others + 1, answered.Count);
            stop.Cancel();
            await serving;
        }, poller);
        Assert.All(threads, thread => Assert.True(thread.Join(Bound)));

        Thread StartLoop(byte number, EndPoint endpoint)
        {
            var thread = new Thread(() => EventLoop.Run(
                async _ =>
                {
                    await using var listener = LoopListener.Bind(endpoint, Shared);
                    allBound.Signal();
                    await TellNumberAsync(listener, number, stop.Token);
                },
                new LoopOptions { Poller = poller }))
            { IsBackground = true };
            thread.Start();
            return thread;
        }

        static async Task TellNumberAsync(LoopListener listener, byte number, CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    await using var connection = await listener.AcceptAsync(cancellationToken);
                    await connection.SendAsync(new[] { number }, cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    [Theory, MemberData(nameof(Pollers))]
    public void A_port_is_shared_only_if_all_ask_for_it(LoopPoller poller) => Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux spreads connections over the sockets of a port.");
        await using var alone = LoopListener.Bind(FreeEndPoint(unix: false));
        var error = Assert.Throws<SocketException>(() => LoopListener.Bind(alone.LocalEndPoint, Shared));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Contains($"listen on {alone.LocalEndPoint}", error.Message);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void What_cannot_be_shared_or_queued_is_refused(LoopPoller poller) => Run(() =>
    {
        Assert.Contains("no port", Assert.Throws<ArgumentException>(() => LoopListener.Bind(FreeEndPoint(unix: true), Shared)).Message);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => LoopListener.Bind(FreeEndPoint(unix: false), new LoopListenerOptions { Backlog = 0 }));
        Assert.Contains("Backlog", error.Message);
        return Task.CompletedTask;
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void As_many_connections_wait_as_the_backlog_says(LoopPoller poller) => Run(async () =>
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix: true), new LoopListenerOptions { Backlog = 1 });
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 5).Select(_ => LoopSocket.ConnectAsync(listener.LocalEndPoint, stop.Token).AsTask()).ToArray();
        await UntilAsync(() => clients.Any(client => client.IsCompleted));
        Assert.Contains(clients, client => !client.IsCompletedSuccessfully); // .NET's own sockets fail where epoll's wait
        stop.Cancel();
        await Task.WhenAll(clients).ContinueWith(_ => { }, TaskScheduler.Default);
    }, poller);
}
