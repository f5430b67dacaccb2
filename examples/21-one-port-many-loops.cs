// A server on several threads, one loop each, all listening on one port: the system spreads the connections. Linux.
#:project ../src/Braid/Braid.csproj
using System.Net;
using Braid;

await using var loops = new LoopExecutor(new LoopOptions { Loops = 3 });
var share = new LoopListenerOptions { SharePort = true };
using var stop = new CancellationTokenSource();

// Port 0 is any free one; the others take the same.
using var first = new SemaphoreSlim(0);
using var bound = new CountdownEvent(3);
int port = 0;
var servers = Enumerable.Range(0, 3).Select(number => loops.RunAsync(ServeAsync, number).AsTask()).ToArray();
bound.Wait();

EventLoop.Run(async cancellationToken =>
{
    var served = new HashSet<byte>();
    while (served.Count < 3)
    {
        await using var client = await LoopSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var answer = new byte[1];
        await client.AsStream().ReadExactlyAsync(answer, cancellationToken);
        served.Add(answer[0]);
    }

    Console.WriteLine($"answered by loops {string.Join(", ", served.Order())}");
});
stop.Cancel();
await Task.WhenAll(servers);

async Task<int> ServeAsync(int number)
{
    if (number > 0) await first.WaitAsync();
    await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, port), share);
    port = ((IPEndPoint)listener.LocalEndPoint).Port;
    if (number == 0) first.Release(2);
    bound.Signal();
    try
    {
        while (true)
        {
            await using var connection = await listener.AcceptAsync(stop.Token);
            await connection.SendAsync(new[] { (byte)number });
        }
    }
    catch (OperationCanceledException)
    {
        return number;
    }
}
