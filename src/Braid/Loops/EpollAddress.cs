using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>The addresses of a bare descriptor, as .NET's endpoints.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class EpollAddress
{
    // The longest there is: sockaddr_un.
    private const int MaxLength = 110;

    private static readonly IPEndPoint AnyIPv4 = new(IPAddress.Any, 0);
    private static readonly IPEndPoint AnyIPv6 = new(IPAddress.IPv6Any, 0);

    public static EndPoint? Local(int descriptor)
    {
        var buffer = stackalloc byte[MaxLength];
        var length = (uint)MaxLength;
        return Libc.GetLocalName(descriptor, buffer, &length) < 0 ? null : ToEndPoint(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    /// <summary>Null: nobody is connected any more.</summary>
    public static EndPoint? Remote(int descriptor)
    {
        var buffer = stackalloc byte[MaxLength];
        var length = (uint)MaxLength;
        return Libc.GetRemoteName(descriptor, buffer, &length) < 0 ? null : ToEndPoint(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    private static EndPoint? ToEndPoint(ReadOnlySpan<byte> name)
    {
        // The first two bytes say which family it is, in the system's own numbers, which only a SocketAddress translates.
        var address = new SocketAddress(AddressFamily.Unspecified, Math.Max(name.Length, 2));
        name.CopyTo(address.Buffer.Span);
        return address.Family switch
        {
            AddressFamily.InterNetwork => AnyIPv4.Create(address),
            AddressFamily.InterNetworkV6 => AnyIPv6.Create(address),
            AddressFamily.Unix => Path(name),
            _ => null,
        };
    }

    private static UnixDomainSocketEndPoint? Path(ReadOnlySpan<byte> name)
    {
        const int PathOffset = 2;
        var path = name.Length > PathOffset ? name[PathOffset..].TrimEnd((byte)0) : default;
        return path.IsEmpty ? null : new UnixDomainSocketEndPoint(System.Text.Encoding.UTF8.GetString(path)); // a client's has no name
    }
}
