// The third classic: two coroutines on one loop that print the time and nap for a while.
#:project ../src/Braid/Braid.csproj
using Braid;

EventLoop.Run(async cancellationToken =>
{
    await Task.WhenAll(TellTimeAsync("left"), TellTimeAsync("right"));
});

static async Task TellTimeAsync(string name)
{
    for (int round = 1; round <= 3; round++)
    {
        Console.WriteLine($"{DateTime.Now:HH:mm:ss} {name} {round}");
        await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(30)); // Equal naps wake in the order in which they began.
    }
}
