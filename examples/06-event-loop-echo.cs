// A server and its clients on one thread. Ordinary async code; after every await it is back on the loop, so nothing here needs a lock.
#:project ../src/Braid/Braid.csproj
using System.Net;
using System.Text;
using Braid;

EventLoop.Run(async cancellationToken =>
{
    int thread = Environment.CurrentManagedThreadId;
    await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Port 0: any free one.
    var server = ServeAsync(listener, connections: 3);

    var answers = await Task.WhenAll(
        AskAsync(listener.LocalEndPoint, "one"), AskAsync(listener.LocalEndPoint, "two"), AskAsync(listener.LocalEndPoint, "three"));
    await server;

    foreach (string answer in answers) Console.WriteLine(answer);
    Console.WriteLine($"still on the same thread: {Environment.CurrentManagedThreadId == thread}");
});

static async Task ServeAsync(LoopListener listener, int connections)
{
    var open = new List<Task>();
    while (open.Count < connections) open.Add(EchoAsync(await listener.AcceptAsync()));
    await Task.WhenAll(open);
}

static async Task EchoAsync(LoopSocket connection)
{
    await using (connection)
    {
        var buffer = new byte[1024];
        while (await connection.ReceiveAsync(buffer) is > 0 and int length) // 0: the peer has said all it has to say.
            await connection.SendAsync(buffer.AsMemory(0, length));
    }
}

static async Task<string> AskAsync(EndPoint server, string text)
{
    await using var connection = await LoopSocket.ConnectAsync(server);
    await connection.SendAsync(Encoding.UTF8.GetBytes(text));
    connection.CompleteWrites();
    using var reader = new StreamReader(connection.AsStream(), Encoding.UTF8);
    return $"{text} -> {await reader.ReadToEndAsync()}";
}
