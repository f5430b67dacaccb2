using Braid;

public static class LoopGroup
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var here = new InlineExecutor();
        await here.GroupAsync(async group =>
        {
            var left = group.RunAsync(NapAsync, 30);
            var right = group.RunAsync(NapAsync, 60);
            Console.WriteLine(await left + await right);
        });
    }

    private static async Task<int> NapAsync(int milliseconds)
    {
        await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(milliseconds));
        return milliseconds;
    }
}
