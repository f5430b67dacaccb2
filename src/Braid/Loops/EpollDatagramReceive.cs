using System.Net;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>What comes in at an EpollDatagramSocket, one datagram at a time. The buffer is pinned only during a system call.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollDatagramReceive(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private Memory<byte> _buffer;
    private SocketAddress? _sender;
    private int _size;
    private int _length; // of the datagram that came, which may be more than fitted
    private bool _mayHaveData = true;

    public override string What => "receive a datagram";

    public ValueTask<int> Start(Memory<byte> buffer, SocketAddress? sender, CancellationToken cancellationToken)
    {
        _buffer = buffer;
        _sender = sender;
        return Start(cancellationToken);
    }

    /// <summary>There is a datagram, or an error that only receiving will show.</summary>
    public void OnReadable()
    {
        _mayHaveData = true;
        OnReady();
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        if (!_mayHaveData) return false; // known to be empty: spares the call that would say so
        nint received;
        do received = Receive(_buffer.Span);
        while (received < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (received < 0)
        {
            if (IsFinal(out errno)) return true;
            return _mayHaveData = false;
        }

        result = _length = (int)received;
        _size = _buffer.Length;
        if (_length > _size) errno = Errno.MessageSize;
        return true;
    }

    protected override Exception ToException(int errno) =>
        errno == Errno.MessageSize ? SocketErrors.Truncated(_size, _length) : base.ToException(errno);

    protected override void OnCancelled()
    {
        _buffer = default;
        _sender = null;
    }

    private nint Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            if (_sender is null) return Libc.Receive(descriptor, start, (nuint)buffer.Length, Libc.MessageTruncated);
            var space = _sender.Buffer.Span;
            var length = (uint)space.Length;
            fixed (byte* address = space)
            {
                var received = Libc.ReceiveFrom(descriptor, start, (nuint)buffer.Length, Libc.MessageTruncated, address, &length);
                if (received >= 0) _sender.Size = (int)length;
                return received;
            }
        }
    }
}
