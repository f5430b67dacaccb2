using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>One direction of an EpollSocket or EpollPipe: what comes in. The buffer is pinned only during a system call.</summary>
[SupportedOSPlatform("linux")]
internal unsafe class EpollReceive(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private Memory<byte> _buffer;
    private bool _mayHaveData = true;
    private bool _hungUp;
    private bool _signalled; // the kernel said so, and nothing was read since

    public override string What => "receive";

    public ValueTask<int> Start(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _buffer = buffer;
        return Start(cancellationToken);
    }

    /// <summary>There is data, or, with <paramref name="hungUp"/>, an end or an error that only reading will show.</summary>
    public void OnReadable(bool hungUp)
    {
        _mayHaveData = _signalled = true;
        _hungUp |= hungUp;
        OnReady();
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        if (!_mayHaveData) return false; // known to be empty: spares the call that would say so
        if (_signalled && _buffer.IsEmpty) return true; // waits for data, and the kernel has just told of some: spares the call that would look
        _signalled = false;
        nint received;
        do received = Receive(_buffer.Span);
        while (received < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (received < 0)
        {
            if (IsFinal(out errno)) return true;
            return _mayHaveData = false;
        }

        // Fewer bytes than asked for: the socket is empty, and new data will be a new edge. (epoll(7), question 9.)
        if (received > 0 && received < _buffer.Length && !_hungUp) _mayHaveData = false;
        result = (int)received;
        return true;
    }

    protected override void OnCancelled() => _buffer = default;

    // An empty buffer asks whether there is anything; recv would answer 0 at once, so look at one byte and leave it there.
    /// <summary>The system call.</summary>
    protected virtual nint Receive(Span<byte> buffer)
    {
        byte one;
        if (buffer.IsEmpty) return Math.Min(0, Libc.Receive(descriptor, &one, 1, Libc.MessagePeek));
        fixed (byte* start = buffer) return Libc.Receive(descriptor, start, (nuint)buffer.Length, 0);
    }
}
