using System.Net.Sockets;

namespace Braid.Benchmarks.Soaking;

/// <summary>Many clients on one loop, each of which does one thing after the other, as its random numbers have it.</summary>
/// <param name="poller">What watches the loop's sockets.</param>
/// <param name="addresses">The servers.</param>
/// <param name="tally">Where it counts.</param>
internal sealed class SoakCrowd(LoopPoller poller, SoakAddresses addresses, SoakTally tally) : IAsyncDisposable
{
    private const int LongestWaitMilliseconds = 500;
    private const int DatagramsPercent = 20;

    private readonly LoopExecutor _executor = new(new LoopOptions { Poller = poller, MaxInFlight = int.MaxValue });

    /// <summary>Its loop.</summary>
    internal EventLoop? Loop { get; private set; }

    /// <summary>Lets the clients do what they do; the task ends when all have, after the token has been cancelled.</summary>
    internal Task RunAsync(IEnumerable<int> seeds, CancellationToken stop) =>
        Task.WhenAll(seeds.Select(seed => _executor.RunAsync((number, _) => LiveAsync(new Random(number), stop), seed).AsTask()));

    /// <summary>Starts programs with clients of their own and kills them at any time.</summary>
    internal Task KillAsync(int seed, Func<Measuring.Command> child, CancellationToken stop) =>
        _executor.RunAsync((number, _) => StartAndKillAsync(new Random(number), child, stop), seed).AsTask();

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    private async Task<bool> LiveAsync(Random random, CancellationToken stop)
    {
        Loop = EventLoop.Current!;
        while (!stop.IsCancellationRequested)
        {
            await SoakClient.PauseAsync(random);
            var (what, act) = random.Next(100) < DatagramsPercent ? ChooseDatagrams(random) : Choose(random);
            try
            {
                await act();
                tally.Count(what);
            }
            catch (Exception exception)
            {
                tally.Fail($"{what}: {exception}");
            }
        }

        return true;
    }

    private (string What, Func<Task> Act) Choose(Random random)
    {
        int choice = random.Next(100);
        var client = choice < 4
            ? new SoakClient(addresses.Secure, usesTls: true, random)
            : new SoakClient(addresses.Plain[random.Next(addresses.Plain.Count)], usesTls: false, random);
        return choice switch
        {
            < 3 => ("TLS: talks", client.TalkAsync),
            < 4 => ("TLS: vanishes in the middle", client.VanishAsync),
            < 44 => ("talks", client.TalkAsync),
            < 56 => ("ends its side first", client.HalfCloseAsync),
            < 68 => ("cancels receives", client.CancelReceivesAsync),
            < 76 => ("vanishes in the middle", client.VanishAsync),
            < 84 => ("is left by the server", client.BeLeftAsync),
            < 92 => ("times out in a group", () => TimeOutAsync(client, random)),
            _ => ("resets", () => ResetAsync(random)),
        };
    }

    private (string What, Func<Task> Act) ChooseDatagrams(Random random)
    {
        var client = new SoakDatagramClient(addresses.Datagrams, addresses.Nobody, random);
        return random.Next(100) switch
        {
            < 50 => ("datagrams: talks", client.TalkAsync),
            < 65 => ("datagrams: sends and receives too long ones", client.SendTooLongAsync),
            < 80 => ("datagrams: is refused", client.BeRefusedAsync),
            _ => ("datagrams: closes in the middle of a receive", client.CloseInReceiveAsync),
        };
    }

    private async Task TimeOutAsync(SoakClient client, Random random)
    {
        var options = new GroupOptions { Timeout = TimeSpan.FromMilliseconds(random.Next(1, LongestWaitMilliseconds)) };
        try
        {
            await _executor.GroupAsync(group => group.RunAsync((alone, token) => alone.WaitInVainAsync(token), client), options);
        }
        catch (GroupTimeoutException)
        {
            return;
        }

        throw new InvalidOperationException("The group's time limit did nothing.");
    }

    // .NET's own socket: it can be told to reset. Its peer is the loop's all the same.
    private async Task ResetAsync(Random random)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(addresses.Plain[0]);
        socket.LingerState = new LingerOption(true, 0);
        byte[] message = new byte[random.Next(1, 4096)];
        await socket.SendAsync(message);
        if (random.Next(2) == 0) await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(random.Next(20)));
    }

    private async Task<bool> StartAndKillAsync(Random random, Func<Measuring.Command> child, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var command = child();
            await using var program = await LoopProcess.StartAsync(command.Program, command.Arguments, cancellationToken: CancellationToken.None);
            await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(random.Next(500, 4000)), CancellationToken.None);
            if (program.ExitCode is { } code) tally.Fail($"A child process ended by itself, with exit code {code}.");
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
            tally.Count("child processes killed");
        }

        return true;
    }
}
