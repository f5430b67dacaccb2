using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>Where one worker is to connect. It listens from the beginning; what is needed to accept is made when it is asked for, while the worker starts.</summary>
internal sealed class WorkerListener : IDisposable
{
    private readonly SafeFileHandle? _early;
    private Socket? _socket;

    internal WorkerListener(string path)
    {
        if (OperatingSystem.IsLinux() && LocalSocket.IsSupported)
        {
            _early = LocalSocket.Listen(path);
            return;
        }

        _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen();
    }

    internal Socket Socket => _socket ??= Take(_early!);

    public void Dispose()
    {
        _early?.Dispose();
        _socket?.Dispose();
    }

    private static Socket Take(SafeFileHandle early)
    {
        var handle = new SafeSocketHandle(early.DangerousGetHandle(), ownsHandle: true);
        early.SetHandleAsInvalid();
        return new(handle);
    }
}
