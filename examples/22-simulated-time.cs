// A test of time and network without either: a client that tries again, a server that is slow, and a mistake that some seeds show.
#:project ../src/Braid/Braid.csproj
using System.Net;
using System.Text;
using Braid;

// An hour passes at once, and every run with this seed is the same.
EventLoop.Run(async cancellationToken =>
{
    var loop = EventLoop.Current!;
    await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Any, 80)); // In memory: any address, any port.
    var server = AnswerAfterAsync(listener, TimeSpan.FromMinutes(40));

    long start = loop.TimeProvider.GetTimestamp();
    string answer = await AskAsync("weather.example", patience: TimeSpan.FromHours(1));
    Console.WriteLine($"{answer}, after {loop.TimeProvider.GetElapsedTime(start).TotalMinutes:0} minutes of virtual time");
    await server;
}, new LoopOptions { Seed = 1 });

// The same test under a thousand seeds. It stops at the first that fails, and says which.
try
{
    EventLoop.Explore(async cancellationToken =>
    {
        var account = new Account { Balance = 100 };
        await Task.WhenAll(account.WithdrawAsync(80), account.WithdrawLaterAsync(80));
        if (account.Balance < 0) throw new InvalidOperationException($"the balance is {account.Balance}");
    });
}
catch (SeedFailedException failure)
{
    Console.WriteLine(failure.Message);
}

// Nothing can happen any more: an error at once, not a hang.
try
{
    EventLoop.Run(cancellationToken => new TaskCompletionSource().Task, new LoopOptions { Seed = 1 });
}
catch (LoopDeadlockException deadlock)
{
    Console.WriteLine(deadlock.Message.Split('\n')[1].Trim());
}

static async Task AnswerAfterAsync(LoopListener listener, TimeSpan delay)
{
    await using var connection = await listener.AcceptAsync();
    await EventLoop.Current!.SleepAsync(delay);
    await connection.SendAsync(Encoding.UTF8.GetBytes("rain"));
}

static async Task<string> AskAsync(string host, TimeSpan patience)
{
    using var source = new CancellationTokenSource(patience, EventLoop.Current!.TimeProvider); // The loop's clock, not the real one.
    await using var connection = await LoopSocket.ConnectAsync(new DnsEndPoint(host, 80), source.Token);
    using var reader = new StreamReader(connection.AsStream());
    return await reader.ReadToEndAsync(source.Token);
}

internal sealed class Account
{
    public int Balance { get; set; }

    public async Task WithdrawAsync(int amount)
    {
        if (Balance < amount) return;
        await EventLoop.Yield(); // What was looked at may have changed when it goes on.
        Balance -= amount;
    }

    public async Task WithdrawLaterAsync(int amount)
    {
        for (int i = 0; i < 2; i++) await EventLoop.Yield(); // Without a seed this is always late enough.
        await WithdrawAsync(amount);
    }
}
