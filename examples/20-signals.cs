// The system's signals, heard on the loop: a server that reads its settings again at SIGHUP and ends at SIGTERM.
#:project ../src/Braid/Braid.csproj
using System.Runtime.InteropServices;
using Braid;

EventLoop.Run(async cancellationToken =>
{
    using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken); // Ctrl-C cancels main's token.
    using var reload = LoopSignal.Listen(PosixSignal.SIGHUP);
    using var end = LoopSignal.Listen(PosixSignal.SIGTERM); // From here on SIGTERM does not end the program by itself.
    using var reloaded = new SemaphoreSlim(0);
    var reloading = ReloadAsync(reload, reloaded, stopping.Token);

    await SendAsync("HUP");
    await reloaded.WaitAsync(cancellationToken);
    await SendAsync("TERM");
    await end.WaitAsync(cancellationToken);
    Console.WriteLine("asked to end");
    stopping.Cancel();
    await reloading;
});

static async Task ReloadAsync(LoopSignal reload, SemaphoreSlim reloaded, CancellationToken cancellationToken)
{
    try
    {
        while (true)
        {
            await reload.WaitAsync(cancellationToken);
            Console.WriteLine("settings read again");
            reloaded.Release();
        }
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine("no more settings");
    }
}

// What somebody else would do with "kill".
static async Task SendAsync(string signal)
{
    await using var kill = await LoopProcess.StartAsync("sh", ["-c", $"kill -{signal} {Environment.ProcessId}"]);
    await kill.WaitForExitAsync();
}
