// A group is a scope: nothing that was started in it outlives it, and the first failure cancels the rest.
#:project ../src/Braid/Braid.csproj
using Braid;

await using var executor = new LoopExecutor();

// Both children succeed: the group's result is made of theirs.
int total = await executor.GroupAsync(async group =>
{
    var eggs = group.RunAsync(PriceAsync, "eggs");
    var flour = group.RunAsync(PriceAsync, "flour");
    return await eggs + await flour;
});
Console.WriteLine($"eggs and flour: {total}");

// One child fails: its sibling, which would wait for ever, is cancelled. The group raises the failure, not the cancellation it caused.
try
{
    await executor.GroupAsync(async group =>
    {
        _ = group.RunAsync(WaitForEverAsync, "the sibling");
        await group.RunAsync(PriceAsync, "saffron");
    });
}
catch (KeyNotFoundException exception)
{
    Console.WriteLine($"the group: {exception.Message}");
}

// A limit for a whole block. What tidies up is shielded from it, and has a limit of its own.
try
{
    await executor.GroupAsync(
        async group =>
        {
            int port = await group.StartAsync<string, int>(ServeAsync, "the shop");
            Console.WriteLine($"the shop is open on port {port}");
        },
        new GroupOptions { Timeout = TimeSpan.FromMilliseconds(200) });
}
catch (GroupTimeoutException exception)
{
    Console.WriteLine($"closed after {exception.Timeout.TotalSeconds} s");
}

async Task ServeAsync(string name, ReadySignal<int> ready, CancellationToken cancellationToken)
{
    ready.Set(8080);
    try
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
    finally
    {
        int left = await executor.GroupAsync(
            cleaning => cleaning.RunAsync(PriceAsync, "eggs"),
            new GroupOptions { IsShielded = true, Timeout = TimeSpan.FromSeconds(5) });
        Console.WriteLine($"{name}: counted what is left, {left}");
    }
}

static async Task<int> PriceAsync(string name)
{
    await Task.Yield();
    return name switch { "eggs" => 3, "flour" => 2, _ => throw new KeyNotFoundException($"no price for {name}") };
}

static async Task<int> WaitForEverAsync(string name, CancellationToken cancellationToken)
{
    try
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }
    finally
    {
        Console.WriteLine($"{name}: cancelled");
    }
}
