using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Braid.Benchmarks.Soaking;

/// <summary>What a client asks the server for, in the first byte that it sends.</summary>
internal enum SoakRequest : byte
{
    /// <summary>All bytes back.</summary>
    Echo,

    /// <summary>Nothing, whatever comes.</summary>
    Silence,

    /// <summary>Disposal in the middle, with bytes unread.</summary>
    Break,
}

/// <summary>One end of a conversation, with or without TLS.</summary>
internal sealed class SoakConnection(LoopSocket socket, SslStream? tls) : IAsyncDisposable
{
    /// <summary>How a connection ends that one of its ends breaks.</summary>
    internal static bool IsBroken(Exception exception) => exception is SocketException or IOException or AuthenticationException;

    internal ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls is null ? socket.ReceiveAsync(buffer, cancellationToken) : tls.ReadAsync(buffer, cancellationToken);

    internal ValueTask SendAsync(ReadOnlyMemory<byte> buffer) => tls is null ? socket.SendAsync(buffer) : tls.WriteAsync(buffer);

    /// <summary>Ends this side; receiving goes on.</summary>
    internal async Task EndAsync()
    {
        if (tls is null) socket.CompleteWrites();
        else await tls.ShutdownAsync();
    }

    public ValueTask DisposeAsync() => tls?.DisposeAsync() ?? socket.DisposeAsync();
}
