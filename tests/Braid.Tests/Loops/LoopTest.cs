using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>Runs a loop on a thread of its own, so that a test that hangs fails instead.</summary>
public abstract class LoopTest
{
    protected static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>Not a poller: the loop with a seed, whose sockets are in memory. It runs the same suites.</summary>
    protected const LoopPoller Memory = (LoopPoller)100;

    public static TheoryData<LoopPoller> Pollers => new(LoopPoller.Default, LoopPoller.Portable);

    public static TheoryData<LoopPoller> PollersAndMemory => new(LoopPoller.Default, LoopPoller.Portable, Memory);

    public static TheoryData<LoopPoller, bool> PollersAndUnix => new()
    {
        { LoopPoller.Default, false }, { LoopPoller.Default, true }, { LoopPoller.Portable, false }, { LoopPoller.Portable, true },
        { Memory, false }, { Memory, true },
    };

    protected static void Run(Func<Task> main, LoopPoller poller = LoopPoller.Default) => Run(main, Options(poller));

    protected static void Run(Func<Task> main, LoopOptions options) => OnThread(() => EventLoop.Run(_ => main(), options));

    protected static void Explore(Func<Task> main, int seeds = 1000, LoopOptions? options = null) =>
        OnThread(() => EventLoop.Explore(_ => main(), seeds, options));

    protected static LoopOptions Options(LoopPoller poller) => poller == Memory ? new LoopOptions { Seed = 1 } : new LoopOptions { Poller = poller };

    protected static void OnThread(Action body)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Bound), "The loop did not end in time.");
        failure?.Throw();
    }

    protected static EventLoop Loop => EventLoop.Current!;

    protected static EndPoint FreeEndPoint(bool unix) => unix
        ? new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"braid-{Guid.NewGuid():N}.sock"))
        : new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Two sockets that are connected to each other.</summary>
    protected static async Task<(LoopSocket Client, LoopSocket Server)> ConnectPairAsync(bool unix = false)
    {
        await using var listener = LoopListener.Bind(FreeEndPoint(unix));
        var accepting = listener.AcceptAsync().AsTask();
        var client = await LoopSocket.ConnectAsync(listener.LocalEndPoint);
        return (client, await accepting);
    }

    protected static async Task ReceiveExactlyAsync(LoopSocket socket, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var received = await socket.ReceiveAsync(buffer);
            Assert.NotEqual(0, received);
            buffer = buffer[received..];
        }
    }

    protected static async Task EchoUntilEndAsync(LoopSocket socket)
    {
        var buffer = new byte[64 * 1024];
        int received;
        while ((received = await socket.ReceiveAsync(buffer)) > 0) await socket.SendAsync(buffer.AsMemory(0, received));
    }

    /// <summary>Bytes that this thread allocates during <paramref name="action"/>: the least of several measurements, because a garbage
    /// collection in between, set off by any thread, adds what is left of this thread's allocation buffer.</summary>
    protected static async Task<long> AllocatedByAsync(Func<Task> action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>Gives the loop turns until <paramref name="condition"/> holds.</summary>
    protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var turn = 0; turn < 100_000 && !condition(); turn++) await Loop.SleepAsync(TimeSpan.FromMilliseconds(turn < 1000 ? 0 : 1));
        Assert.True(condition());
    }
}
