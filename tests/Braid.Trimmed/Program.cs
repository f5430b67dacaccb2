using System.Net;
using System.Text;
using Braid;

// In a program that has lost whatever only reflection reaches, every engine works but processes, which refuse.
#if PROCESSES
try
{
    await using var processes = new ProcessExecutor();
    Console.WriteLine("processes: started");
}
catch (PlatformNotSupportedException exception)
{
    Console.WriteLine("processes: " + exception.Message);
}
#else
var timeline = new Timeline();
await using (var threads = new ThreadExecutor(new() { Threads = 2, Timeline = timeline })) await Squares("threads", threads);
await using (var loop = new LoopExecutor(new() { Timeline = timeline })) await Squares("loop", loop);
await using (var inline = new InlineExecutor()) await Squares("inline", inline);
Console.WriteLine("echo: " + EventLoop.Run(static _ => EchoAsync()));

string page = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".html");
await timeline.SaveHtmlAsync(page);
Console.WriteLine("page: " + File.ReadAllText(page).Contains("</html>", StringComparison.Ordinal));
File.Delete(page);

static async Task Squares(string engine, Executor executor)
{
    var results = new List<int>();
    await foreach (int result in executor.MapAsync(Enumerable.Range(1, 5), static async (int x) =>
    {
        await Task.Yield();
        return x * x;
    })) results.Add(result);
    Console.WriteLine($"{engine}: {string.Join(' ', results)}");
}

static async Task<string> EchoAsync()
{
    await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    var buffer = new byte[16];
    var serving = ServeAsync(listener);
    await using var client = await LoopSocket.ConnectAsync(listener.LocalEndPoint);
    await client.SendAsync("hello"u8.ToArray());
    int length = await client.ReceiveAsync(buffer);
    await serving;
    return Encoding.UTF8.GetString(buffer, 0, length);
}

static async Task ServeAsync(LoopListener listener)
{
    await using var connection = await listener.AcceptAsync();
    var buffer = new byte[16];
    int length = await connection.ReceiveAsync(buffer);
    await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(1));
    await connection.SendAsync(buffer.AsMemory(0, length));
}
#endif
