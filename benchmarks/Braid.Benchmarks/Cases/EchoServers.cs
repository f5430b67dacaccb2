using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Braid.Benchmarks.Cases;

/// <summary>
/// The servers on .NET of the benchmarks loop-echo, each in a process of its own (<c>serve KIND</c>): says on which port it listens, answers
/// each line with the bytes that it has allocated so far, and ends when its standard input does.
/// </summary>
internal static class EchoServers
{
    internal const string OnLoop = "loop";
    internal const string OnSockets = "sockets";

    /// <summary>Makes .NET's sockets go on on the thread that polls them instead of the pool.</summary>
    internal static readonly Dictionary<string, string> InlineCompletions = new() { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" };

    private const int BufferBytes = 4096;

    internal static int Serve(string kind)
    {
        using var stop = new CancellationTokenSource();
        new Thread(() => Answer(stop)) { IsBackground = true }.Start();
        try
        {
            if (kind == OnLoop) EventLoop.Run(ServeOnLoopAsync, cancellationToken: stop.Token);
            else ServeOnSocketsAsync(stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Standard input has ended.
        }

        return 0;
    }

    private static async Task ServeOnLoopAsync(CancellationToken cancellationToken)
    {
        await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Say(((IPEndPoint)listener.LocalEndPoint).Port);
        while (true) _ = EchoAsync(await listener.AcceptAsync(cancellationToken));
    }

    private static async Task EchoAsync(LoopSocket connection)
    {
        await using (connection)
        {
            byte[] buffer = new byte[BufferBytes];
            while (await connection.ReceiveAsync(buffer) is > 0 and int length) await connection.SendAsync(buffer.AsMemory(0, length));
        }
    }

    private static async Task ServeOnSocketsAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Say(((IPEndPoint)listener.LocalEndPoint!).Port);
        while (true) _ = EchoAsync(await listener.AcceptAsync(cancellationToken));
    }

    private static async Task EchoAsync(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            byte[] buffer = new byte[BufferBytes];
            while (await connection.ReceiveAsync(buffer) is > 0 and int length) await connection.SendAsync(buffer.AsMemory(0, length));
        }
    }

    private static void Answer(CancellationTokenSource stop)
    {
        while (Console.ReadLine() is not null) Say(GC.GetTotalAllocatedBytes(precise: true));
        stop.Cancel();
    }

    private static void Say(long number) => Console.WriteLine(number.ToString(CultureInfo.InvariantCulture));
}
