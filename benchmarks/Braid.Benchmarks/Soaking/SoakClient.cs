using System.Net;
using System.Net.Security;

namespace Braid.Benchmarks.Soaking;

/// <summary>Conversations whose every byte is checked. On a loop; of one client after the other, so one of them at a time.</summary>
/// <param name="endpoint">The server.</param>
/// <param name="usesTls">Whether it speaks TLS.</param>
/// <param name="random">Decides sizes, bytes and delays.</param>
internal sealed class SoakClient(EndPoint endpoint, bool usesTls, Random random)
{
    private const int LongestPauseMilliseconds = 1000;
    private const int SmallBytes = 2 * 1024;
    private const int LargeBytes = 128 * 1024;

    // One message in so many is large.
    private const int LargeOneIn = 8;

    private static readonly RemoteCertificateValidationCallback OwnCertificate = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost";

    /// <summary>A sleep that ends by itself, or one that is cancelled.</summary>
    internal static async Task PauseAsync(Random random)
    {
        var loop = EventLoop.Current!;
        var pause = TimeSpan.FromMilliseconds(random.Next(LongestPauseMilliseconds));
        if (random.Next(2) == 0)
        {
            await loop.SleepAsync(pause);
            return;
        }

        using var limit = new CancellationTokenSource(pause, loop.TimeProvider);
        try
        {
            await loop.SleepAsync(TimeSpan.FromHours(1), limit.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    internal async Task<SoakConnection> ConnectAsync(SoakRequest request)
    {
        var socket = await LoopSocket.ConnectAsync(endpoint);
        SoakConnection? connection = null;
        try
        {
            if (usesTls)
            {
                var tls = new SslStream(socket.AsStream(), leaveInnerStreamOpen: false, OwnCertificate);
                connection = new SoakConnection(socket, tls);
                await tls.AuthenticateAsClientAsync("localhost");
            }

            connection ??= new SoakConnection(socket, null);
            await connection.SendAsync(new[] { (byte)request });
            return connection;
        }
        catch
        {
            await (connection?.DisposeAsync() ?? socket.DisposeAsync());
            throw;
        }
    }

    /// <summary>Messages there and back, then the end from both sides.</summary>
    internal async Task TalkAsync()
    {
        await using var connection = await ConnectAsync(SoakRequest.Echo);
        for (int left = random.Next(1, 6); left > 0; left--)
        {
            await ExchangeAsync(connection, NewMessage());
            await PauseAsync(random);
        }

        await EndAsync(connection);
    }

    /// <summary>One message, and this side ends before the answer has come.</summary>
    internal async Task HalfCloseAsync()
    {
        await using var connection = await ConnectAsync(SoakRequest.Echo);
        byte[] message = NewMessage();
        var sending = SendAndEndAsync(connection, message);
        await ReceiveAsync(connection, message);
        await sending;
        await ExpectEndAsync(connection);
    }

    /// <summary>A receive that is given up again and again; nothing may be lost by it.</summary>
    internal async Task CancelReceivesAsync()
    {
        await using var connection = await ConnectAsync(SoakRequest.Echo);
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(30)), EventLoop.Current!.TimeProvider);
            try
            {
                await connection.ReceiveAsync(new byte[1], limit.Token);
                throw new InvalidOperationException("Something came that was not asked for.");
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
            }

            await ExchangeAsync(connection, NewMessage());
        }

        await EndAsync(connection);
    }

    /// <summary>Leaves in the middle of the answer: the other side sends into nothing.</summary>
    internal async Task VanishAsync()
    {
        await using var connection = await ConnectAsync(SoakRequest.Echo);
        var sending = connection.SendAsync(NewMessage()).AsTask();
        await connection.ReceiveAsync(new byte[1]);
        await connection.DisposeAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The server leaves; the client must hear of it, one way or the other.</summary>
    internal async Task BeLeftAsync()
    {
        await using var connection = await ConnectAsync(SoakRequest.Break);
        try
        {
            while (true)
            {
                await connection.SendAsync(NewMessage());
                if (await connection.ReceiveAsync(new byte[1]) == 0) return;
            }
        }
        catch (Exception exception) when (SoakConnection.IsBroken(exception))
        {
            // As it should be.
        }
    }

    /// <summary>Waits for what never comes, until the token says that the time is over.</summary>
    internal async Task WaitInVainAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(SoakRequest.Silence);
        await connection.SendAsync(NewMessage());
        await connection.ReceiveAsync(new byte[1], cancellationToken);
        throw new InvalidOperationException("The silent server said something.");
    }

    private byte[] NewMessage()
    {
        byte[] message = new byte[random.Next(1, random.Next(LargeOneIn) == 0 ? LargeBytes : SmallBytes)];
        random.NextBytes(message);
        return message;
    }

    // At the same time: neither side takes more than fits into the sockets while nobody receives.
    private static async Task ExchangeAsync(SoakConnection connection, byte[] message)
    {
        var sending = connection.SendAsync(message).AsTask();
        await ReceiveAsync(connection, message);
        await sending;
    }

    private static async Task SendAndEndAsync(SoakConnection connection, byte[] message)
    {
        await connection.SendAsync(message);
        await connection.EndAsync();
    }

    private static async Task ReceiveAsync(SoakConnection connection, byte[] expected)
    {
        byte[] received = new byte[expected.Length];
        for (int length = 0; length < received.Length;)
        {
            int more = await connection.ReceiveAsync(received.AsMemory(length));
            if (more == 0) throw new InvalidOperationException($"The server ended after {length} of {expected.Length} bytes.");
            length += more;
        }

        if (!received.AsSpan().SequenceEqual(expected)) throw new InvalidOperationException($"Other bytes came back than the {expected.Length} that were sent.");
    }

    private static async Task EndAsync(SoakConnection connection)
    {
        await connection.EndAsync();
        await ExpectEndAsync(connection);
    }

    private static async Task ExpectEndAsync(SoakConnection connection)
    {
        if (await connection.ReceiveAsync(new byte[1]) != 0) throw new InvalidOperationException("More came back than was sent.");
    }
}
