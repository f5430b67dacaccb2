// UDP on the loop: a server that answers whoever asks, and clients that each know one peer.
#:project ../src/Braid/Braid.csproj
using System.Net;
using System.Net.Sockets;
using System.Text;
using Braid;

EventLoop.Run(async cancellationToken =>
{
    await using var server = LoopDatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Port 0: any free one.
    var serving = AnswerAsync(server, count: 3);

    foreach (string text in new[] { "one", "two", "three" })
    {
        await using var client = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
        await client.SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        var buffer = new byte[1500];
        int length = await client.ReceiveAsync(buffer, cancellationToken);
        Console.WriteLine($"{text} -> {Encoding.UTF8.GetString(buffer, 0, length)}");
    }

    await serving;

    // What does not fit is lost, and never in silence.
    await using var talker = await LoopDatagramSocket.ConnectAsync(server.LocalEndPoint);
    await talker.SendAsync(new byte[100], cancellationToken);
    try
    {
        await server.ReceiveAsync(new byte[10], cancellationToken);
    }
    catch (SocketException exception)
    {
        Console.WriteLine($"{exception.SocketErrorCode}, and the next datagram is whole again");
    }
});

static async Task AnswerAsync(LoopDatagramSocket server, int count)
{
    var buffer = new byte[1500];
    var sender = new SocketAddress(AddressFamily.InterNetwork); // Filled anew each time, so that receiving allocates nothing.
    for (int i = 0; i < count; i++)
    {
        int length = await server.ReceiveFromAsync(buffer, sender);
        buffer.AsSpan(0, length).Reverse();
        await server.SendToAsync(buffer.AsMemory(0, length), sender);
    }
}
