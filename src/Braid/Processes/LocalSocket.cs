using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>
/// Unix sockets by the C library's own calls, for the start of a worker: .NET's Socket brings event sources and an engine for asynchronous
/// calls with it, 20 ms of a processor before its first call. A worker needs neither; the parent makes its Socket while the worker starts.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe class LocalSocket
{
    private const ushort UnixFamily = 1;
    private const int StreamCloseOnExec = 0x80001;
    private const int MostWaiting = 16;
    private const int PathOffset = sizeof(ushort);
    private const int AddressLength = PathOffset + 108;

    /// <summary>True where the numbers above are known; elsewhere .NET's Socket does it.</summary>
    internal static bool IsSupported => Libc.HasFutex;

    /// <summary>A socket to which others can connect.</summary>
    /// <exception cref="SocketException">The path cannot be had.</exception>
    internal static SafeFileHandle Listen(string path)
    {
        var socket = Create();
        byte* address = stackalloc byte[AddressLength];
        if (Libc.Bind(socket, address, Write(address, path)) != 0 || Libc.Listen(socket, MostWaiting) != 0) throw LastError(socket);
        return socket;
    }

    /// <summary>A connection to who listens there.</summary>
    /// <exception cref="SocketException">Nobody does.</exception>
    internal static FileStream Connect(string path)
    {
        var socket = Create();
        byte* address = stackalloc byte[AddressLength];
        if (Libc.Connect(socket, address, Write(address, path)) != 0) throw LastError(socket);

        // Without a buffer each read and each write is a system call and nothing else, so one thread may read while another one writes.
        return new(socket, FileAccess.ReadWrite, bufferSize: 0, isAsync: false);
    }

    private static SafeFileHandle Create()
    {
        var socket = Libc.Socket(UnixFamily, StreamCloseOnExec, 0);
        return socket.IsInvalid ? throw LastError(socket) : socket;
    }

    private static uint Write(byte* address, string path)
    {
        var span = new Span<byte>(address, AddressLength);
        span.Clear();
        MemoryMarshal.Write(span, UnixFamily);
        int length = Encoding.UTF8.GetBytes(path, span[PathOffset..^1]);
        return (uint)(PathOffset + length + 1);
    }

    private static SocketException LastError(SafeFileHandle socket)
    {
        int error = Marshal.GetLastPInvokeError();
        socket.Dispose();
        return new(error, new Win32Exception(error).Message);
    }
}
