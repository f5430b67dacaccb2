using System.Net;

namespace Braid.Benchmarks.Soaking;

/// <summary>Where the clients find what.</summary>
internal sealed record SoakAddresses
{
    /// <summary>Servers without TLS; the first is TCP.</summary>
    public required IReadOnlyList<EndPoint> Plain { get; init; }

    /// <summary>The server with TLS.</summary>
    public required EndPoint Secure { get; init; }

    /// <summary>The server of datagrams.</summary>
    public required IPEndPoint Datagrams { get; init; }

    /// <summary>A port whose datagrams nobody receives, and that no client can be given.</summary>
    public required IPEndPoint Nobody { get; init; }
}
