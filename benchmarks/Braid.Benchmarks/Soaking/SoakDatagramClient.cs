using System.Net;
using System.Net.Sockets;

namespace Braid.Benchmarks.Soaking;

/// <summary>Exchanges of datagrams, which may be lost, too long, or for nobody. On a loop; of one client one after the other.</summary>
/// <param name="server">Sends back what it is sent, most of the time.</param>
/// <param name="nobody">Where nobody receives.</param>
/// <param name="random">Decides sizes, bytes and delays.</param>
internal sealed class SoakDatagramClient(IPEndPoint server, IPEndPoint nobody, Random random)
{
    // Which message it is: an answer may come late, after its message was sent again or its port has gone to another client.
    private const int NumberBytes = 16;

    private const int ShortBytes = 64;
    private const int LongestDatagramBytes = 65_507; // Over IPv4.

    // With one datagram lost in eight, so many are never lost one after the other.
    private const int MostTries = 50;

    private const int AnswerMilliseconds = 200;
    private const int LongestMomentMilliseconds = 5;

    /// <summary>Messages there and back; what is lost is sent again.</summary>
    internal async Task TalkAsync()
    {
        await using var socket = await OpenAsync();
        for (int left = random.Next(1, 6); left > 0; left--)
        {
            await ExchangeAsync(socket);
            await SoakClient.PauseAsync(random);
        }
    }

    /// <summary>Too long for the system, for the server and for this side; the socket goes on each time.</summary>
    internal async Task SendTooLongAsync()
    {
        await using var socket = await OpenAsync();
        await ExpectAsync(SocketError.MessageSize, () => SendAsync(socket, new byte[LongestDatagramBytes + 1]).AsTask());
        await SendAsync(socket, new byte[SoakDatagramServer.BufferBytes + 1]);
        await ReceiveTooLongAsync(socket);
        await ExchangeAsync(socket);
    }

    /// <summary>Hears that nobody is there, and again.</summary>
    internal async Task BeRefusedAsync()
    {
        await using var socket = await LoopDatagramSocket.ConnectAsync(nobody);
        for (int left = 2; left > 0; left--) await ExpectAsync(SocketError.ConnectionRefused, () => AskNobodyAsync(socket));
    }

    /// <summary>Closes in the middle of a receive, from the loop or from a thread of the pool, perhaps while an answer comes.</summary>
    internal async Task CloseInReceiveAsync()
    {
        await using var socket = await OpenAsync();
        var receiving = socket.ReceiveAsync(new byte[SoakDatagramServer.BufferBytes]).AsTask();
        if (random.Next(2) == 0) await SendAsync(socket, NewMessage());
        if (random.Next(2) == 0) await EventLoop.Current!.SleepAsync(TimeSpan.FromMilliseconds(random.Next(LongestMomentMilliseconds)));
        if (random.Next(2) == 0) await socket.DisposeAsync();
        else await Task.Run(() => socket.DisposeAsync().AsTask());
        try
        {
            await receiving;
        }
        catch (ObjectDisposedException)
        {
            // As it should be, unless the answer was first.
        }
    }

    // Connected to the server or not.
    private async Task<LoopDatagramSocket> OpenAsync() =>
        random.Next(2) == 0 ? await LoopDatagramSocket.ConnectAsync(server) : LoopDatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private ValueTask SendAsync(LoopDatagramSocket socket, byte[] message) =>
        socket.RemoteEndPoint is null ? socket.SendToAsync(message, server) : socket.SendAsync(message);

    private async Task ExchangeAsync(LoopDatagramSocket socket)
    {
        byte[] message = NewMessage();
        for (int left = MostTries; left > 0; left--)
        {
            await SendAsync(socket, message);
            if (await WithinLimitAsync(token => ReceiveAsync(socket, message, token))) return;
        }

        throw new InvalidOperationException($"No answer to {MostTries} datagrams of {message.Length} bytes.");
    }

    private static async Task ReceiveAsync(LoopDatagramSocket socket, byte[] expected, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[SoakDatagramServer.BufferBytes];
        int length;
        do length = await socket.ReceiveAsync(buffer, cancellationToken);
        while (!buffer.AsSpan(0, Math.Min(length, NumberBytes)).SequenceEqual(expected.AsSpan(0, NumberBytes)));
        if (!buffer.AsSpan(0, length).SequenceEqual(expected)) throw new InvalidOperationException($"Other bytes came back than the {expected.Length} that were sent, {length} of them.");
    }

    private async Task ReceiveTooLongAsync(LoopDatagramSocket socket)
    {
        byte[] message = new byte[random.Next(ShortBytes + 1, SoakDatagramServer.BufferBytes)];
        await ExpectAsync(SocketError.MessageSize, async () =>
        {
            await SendAsync(socket, message);
            await WithinLimitAsync(token => IgnoreAllAsync(socket, token));
        });
    }

    private async Task AskNobodyAsync(LoopDatagramSocket socket)
    {
        await socket.SendAsync(NewMessage());
        await WithinLimitAsync(token => IgnoreAllAsync(socket, token));
    }

    private static async Task IgnoreAllAsync(LoopDatagramSocket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ShortBytes];
        while (true) await socket.ReceiveAsync(buffer, cancellationToken);
    }

    /// <returns>Whether it ended before it was cancelled for taking too long.</returns>
    private static async Task<bool> WithinLimitAsync(Func<CancellationToken, Task> receive)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(AnswerMilliseconds), EventLoop.Current!.TimeProvider);
        try
        {
            await receive(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return false;
        }
    }

    // Again, because a datagram or what is said of it may be lost.
    private static async Task ExpectAsync(SocketError error, Func<Task> act)
    {
        for (int left = MostTries; left > 0; left--)
        {
            try
            {
                await act();
            }
            catch (SocketException exception) when (exception.SocketErrorCode == error)
            {
                return;
            }
        }

        throw new InvalidOperationException($"{MostTries} datagrams, and never the error {error}.");
    }

    private byte[] NewMessage()
    {
        byte[] message = new byte[random.Next(NumberBytes, SoakDatagramServer.BufferBytes + 1)];
        random.NextBytes(message);
        return message;
    }
}
