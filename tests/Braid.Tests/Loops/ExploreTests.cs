using System.Net;
using System.Text;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>What seeds are for: mistakes are found, and found again; a run is the same each time, to the byte.</summary>
public sealed class ExploreTests : LoopTest
{
    [Fact]
    public void A_lost_wake_up_is_found_within_a_thousand_seeds_and_replayed_from_the_printed_seed()
    {
        static async Task LoseAsync()
        {
            var gate = new LossyGate();
            var waiting = gate.WaitAsync();
            for (var i = 0; i < 4; i++) await EventLoop.Yield(); // without a seed, always long enough
            gate.Open();
            await waiting;
        }

        Run(LoseAsync);
        var error = Assert.Throws<SeedFailedException>(() => Explore(LoseAsync));
        Assert.IsType<LoopDeadlockException>(error.InnerException);
        Assert.Contains($"seed {error.Seed} ", error.Message);
        for (var i = 0; i < 3; i++)
        {
            var again = Assert.Throws<LoopDeadlockException>(() => Run(LoseAsync, new LoopOptions { Seed = error.Seed }));
            Assert.Equal(error.InnerException.Message, again.Message);
        }
    }

    [Fact]
    public void A_race_is_found_within_a_thousand_seeds_and_replayed_from_the_printed_seed()
    {
        static async Task RaceAsync()
        {
            var account = new Account { Balance = 100 };
            async Task LaterAsync()
            {
                await Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
                for (var i = 0; i < 3; i++) await EventLoop.Yield();
                await account.WithdrawAsync(80);
            }

            async Task SoonAsync()
            {
                await Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
                await account.WithdrawAsync(80);
            }

            await Task.WhenAll(SoonAsync(), LaterAsync());
            Assert.Equal(20, account.Balance);
        }

        var error = Assert.Throws<SeedFailedException>(() => Explore(RaceAsync));
        for (var i = 0; i < 3; i++)
        {
            var again = Assert.Throws<SeedFailedException>(() => Explore(RaceAsync, 1, new LoopOptions { Seed = error.Seed }));
            Assert.Equal(error.InnerException!.Message, again.InnerException!.Message);
        }
    }

    [Fact]
    public void A_test_that_holds_passes_under_every_seed()
    {
        var runs = 0;
        Explore(async () => { await EventLoop.Yield(); runs++; }, seeds: 30);
        Assert.Equal(30, runs);
        Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Explore(_ => Task.CompletedTask, seeds: 0));
    }

    [Fact]
    public async Task Two_runs_of_one_seed_give_the_same_trace_to_the_byte()
    {
        var traces = new HashSet<string>();
        for (var seed = 0; seed < 10; seed++)
        {
            var first = await TraceAsync(seed);
            Assert.Equal(first, await TraceAsync(seed));
            Assert.Contains("conversation", first, StringComparison.OrdinalIgnoreCase);
            traces.Add(first);
        }

        Assert.True(traces.Count > 5, $"Only {traces.Count} different runs with 10 seeds.");
    }

    private static async Task<string> TraceAsync(int seed)
    {
        var timeline = new Timeline();
        var log = new StringBuilder();
        Run(() => ServeAndAskAsync(timeline, log), new LoopOptions { Seed = seed, Timeline = timeline });
        using var file = new Support.TemporaryFile();
        await timeline.SaveChromeTraceAsync(file.Path, TestContext.Current.CancellationToken);
        return log + await File.ReadAllTextAsync(file.Path, TestContext.Current.CancellationToken);
    }

    /// <summary>A server, three clients in a group, one of them too impatient, a group that fails, and a ticking timer.</summary>
    private static async Task ServeAndAskAsync(Timeline timeline, StringBuilder log)
    {
        await using var inline = new InlineExecutor(new ExecutorOptions { Timeline = timeline, TimeProvider = Loop.TimeProvider });
        await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var serving = ServeAsync(listener, log);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), Loop.TimeProvider);
        var ticking = TickAsync(timer, log);

        await inline.GroupAsync(async group =>
        {
            for (var client = 0; client < 3; client++) _ = group.RunAsync(ConversationAsync, (listener.LocalEndPoint, client, log));
            await Loop.SleepAsync(TimeSpan.FromMilliseconds(1));
        });
        await Assert.ThrowsAsync<InvalidDataException>(() => inline.GroupAsync(group =>
        {
            _ = group.RunAsync(SleepLongAsync, 1);
            _ = group.RunAsync(FailAsync, 2);
            return Task.CompletedTask;
        }));
        await foreach (var square in inline.MapAsync([1, 2, 3, 4], async (int x) => { await EventLoop.Yield(); return x * x; })) log.Append(square).Append(' ');

        timer.Dispose();
        await ticking;
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => serving);
        log.AppendLine(Loop.TimeProvider.GetUtcNow().ToString("O"));
        Assert.Equal(0, Loop.DepartureCount); // Braid's own code never leaves the loop; what left would come back at another time in each run
    }

    private static async Task<int> ConversationAsync((EndPoint Server, int Client, StringBuilder Log) call, CancellationToken token)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(call.Client == 0 ? 0.5 : 500), Loop.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, patience.Token);
        try
        {
            await using var socket = await LoopSocket.ConnectAsync(call.Server, either.Token);
            for (var round = 0; round < 5; round++)
            {
                await socket.SendAsync(new byte[100], either.Token);
                for (var left = 100; left > 0;)
                {
                    var received = await socket.ReceiveAsync(new byte[left], either.Token);
                    left -= received;
                    call.Log.AppendLine($"{Loop.TimeProvider.GetUtcNow():O} client {call.Client} received {received}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            call.Log.AppendLine($"client {call.Client} has no patience");
        }

        return call.Client;
    }

    private static async Task ServeAsync(LoopListener listener, StringBuilder log)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            _ = AnswerAsync(socket);
        }

        async Task AnswerAsync(LoopSocket socket)
        {
            try
            {
                await EchoUntilEndAsync(socket);
            }
            catch (System.Net.Sockets.SocketException exception)
            {
                log.AppendLine($"server: {exception.SocketErrorCode}");
            }
            finally
            {
                await socket.DisposeAsync();
            }
        }
    }

    private static async Task TickAsync(PeriodicTimer timer, StringBuilder log)
    {
        while (await timer.WaitForNextTickAsync()) log.AppendLine($"{Loop.TimeProvider.GetUtcNow():O} tick");
    }

    private static async Task<int> SleepLongAsync(int x, CancellationToken token)
    {
        await Loop.SleepAsync(TimeSpan.FromDays(1), token);
        return x;
    }

    private static async Task<int> FailAsync(int x)
    {
        await Loop.SleepAsync(TimeSpan.FromMilliseconds(x));
        throw new InvalidDataException("planned");
    }

    /// <summary>Planted: between the look and the waiting, the opening goes unnoticed.</summary>
    private sealed class LossyGate
    {
        private bool _isOpen;
        private TaskCompletionSource? _waiter;

        public async Task WaitAsync()
        {
            if (_isOpen) return;
            for (var i = 0; i < 2; i++) await EventLoop.Yield(); // some other work
            _waiter = new TaskCompletionSource();
            await _waiter.Task;
        }

        public void Open()
        {
            _isOpen = true;
            _waiter?.SetResult();
        }
    }

    /// <summary>Planted: what was looked at may have changed after the await.</summary>
    private sealed class Account
    {
        public int Balance { get; set; }

        public async Task WithdrawAsync(int amount)
        {
            if (Balance < amount) return;
            await EventLoop.Yield(); // asks somebody
            Balance -= amount;
        }
    }
}
