using System.Net;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>What goes out at an EpollDatagramSocket, one datagram at a time. The buffer is pinned only during a system call.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollDatagramSend(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private ReadOnlyMemory<byte> _datagram;
    private SocketAddress? _receiver;
    private int _length;

    public override string What => "send a datagram";

    public ValueTask Start(ReadOnlyMemory<byte> datagram, SocketAddress? receiver, CancellationToken cancellationToken)
    {
        _datagram = datagram;
        _length = datagram.Length;
        _receiver = receiver;
        return WithoutResult(Start(cancellationToken));
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        nint sent;
        do sent = Send(_datagram.Span);
        while (sent < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return sent >= 0 || IsFinal(out errno);
    }

    protected override Exception ToException(int errno) => errno == Errno.MessageSize ? SocketErrors.TooLong(_length) : base.ToException(errno);

    protected override void OnCancelled()
    {
        _datagram = default;
        _receiver = null;
    }

    private nint Send(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* start = datagram)
        {
            if (_receiver is null) return Libc.Send(descriptor, start, (nuint)datagram.Length, Libc.MessageNoSignal);
            fixed (byte* address = _receiver.Buffer.Span)
                return Libc.SendTo(descriptor, start, (nuint)datagram.Length, Libc.MessageNoSignal, address, (uint)_receiver.Size);
        }
    }
}
