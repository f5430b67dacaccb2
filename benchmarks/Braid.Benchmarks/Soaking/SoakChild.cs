using System.Globalization;
using System.Net;

namespace Braid.Benchmarks.Soaking;

/// <summary>A program with clients of its own, which is killed while they talk.</summary>
internal static class SoakChild
{
    private const int Clients = 20;

    // For the case that nobody kills it: its parent was killed itself.
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(30);

    /// <summary>Arguments: PORT POLLER SEED.</summary>
    internal static int Run(string[] arguments)
    {
        var server = new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[0], CultureInfo.InvariantCulture));
        var options = new LoopOptions { Poller = Enum.Parse<LoopPoller>(arguments[1]) };
        int seed = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        using var limit = new CancellationTokenSource(LongestLife);
        EventLoop.Run(token => Task.WhenAll(Enumerable.Range(seed, Clients).Select(number => TalkOnAsync(server, new Random(number), token))), options, limit.Token);
        return 0;
    }

    private static async Task TalkOnAsync(EndPoint server, Random random, CancellationToken cancellationToken)
    {
        var client = new SoakClient(server, usesTls: false, random);
        while (!cancellationToken.IsCancellationRequested)
        {
            await client.TalkAsync();
            await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(random.Next(200)), cancellationToken);
        }
    }
}
