// HttpClient on the loop's own sockets: many requests, one thread.
#:project ../src/Braid/Braid.csproj
using System.Net;
using System.Text;
using Braid;

EventLoop.Run(async cancellationToken =>
{
    int thread = Environment.CurrentManagedThreadId;
    await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    var server = ServeAsync(listener, requests: 20);

    using var client = new HttpClient(EventLoop.Current!.CreateHttpHandler()) { BaseAddress = new Uri($"http://{listener.LocalEndPoint}") };
    var pages = await Task.WhenAll(Enumerable.Range(1, 20).Select(page => client.GetStringAsync($"/{page}", cancellationToken)));
    await server;

    Console.WriteLine($"{pages.Length} pages, first '{pages[0]}', last '{pages[^1]}'");
    Console.WriteLine($"still on the same thread: {Environment.CurrentManagedThreadId == thread}");
});

// The smallest server that HttpClient understands: one request per connection.
static async Task ServeAsync(LoopListener listener, int requests)
{
    var open = new List<Task>();
    while (open.Count < requests) open.Add(AnswerAsync(await listener.AcceptAsync()));
    await Task.WhenAll(open);
}

static async Task AnswerAsync(LoopSocket connection)
{
    await using (connection)
    {
        using var reader = new StreamReader(connection.AsStream(), Encoding.ASCII, leaveOpen: true);
        string path = (await reader.ReadLineAsync())!.Split(' ')[1]; // GET /7 HTTP/1.1
        while (await reader.ReadLineAsync() is { Length: > 0 }) { }   // Headers end with an empty line.
        await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(20)); // A slow answer costs no thread.
        string body = $"page {path[1..]}";
        await connection.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
