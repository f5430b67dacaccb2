using System.Net;
using System.Net.Sockets;

namespace Braid.Benchmarks.Soaking;

/// <summary>Sends each datagram back, except those that it loses on purpose and those that are too long for it.</summary>
/// <param name="poller">What watches its sockets.</param>
/// <param name="loops">On how many loops; if several, they share the port.</param>
/// <param name="tally">Where it counts.</param>
internal sealed class SoakDatagramServer(LoopPoller poller, int loops, SoakTally tally) : SoakServer(poller, loops)
{
    /// <summary>The longest datagram that it can take.</summary>
    internal const int BufferBytes = 4 * 1024;

    // One in so many is lost, besides those that the system loses while the server is busy.
    private const int LosesOneIn = 8;

    protected override async Task ServeAsync(string name, Action<EndPoint> listening, CancellationToken cancellationToken)
    {
        await using var socket = LoopDatagramSocket.Bind((IPEndPoint)EndPoint, new LoopDatagramOptions { SharePort = SharePort });
        listening(socket.LocalEndPoint);
        var random = new Random(1);
        byte[] buffer = new byte[BufferBytes];
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        try
        {
            while (true)
            {
                int length = await ReceiveAsync(socket, buffer, sender, cancellationToken);
                if (length > 0 && random.Next(LosesOneIn) == 0) tally.Note("datagram server: lost on purpose");
                else if (length > 0) await socket.SendToAsync(buffer.AsMemory(0, length), sender, cancellationToken);
                if (length > 0 && SharePort) tally.Note($"datagram server: received on {name} of those that share the port");
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            tally.Fail($"datagram server: {exception}"); // And nobody gets an answer any more.
            throw;
        }
    }

    /// <returns>0: it was too long.</returns>
    private async Task<int> ReceiveAsync(LoopDatagramSocket socket, byte[] buffer, SocketAddress sender, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveFromAsync(buffer, sender, cancellationToken);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            tally.Note("datagram server: longer than its buffer");
            return 0;
        }
    }
}
