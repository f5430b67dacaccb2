using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>The other direction of an EpollSocket or EpollPipe: what goes out. The buffer is pinned only during a system call.</summary>
[SupportedOSPlatform("linux")]
internal unsafe class EpollSend(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private ReadOnlyMemory<byte> _left;

    public override string What => "send";

    public ValueTask Start(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        _left = buffer;
        return WithoutResult(Start(cancellationToken));
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        while (!_left.IsEmpty)
        {
            var sent = Send(_left.Span);
            if (sent >= 0) _left = _left[(int)sent..];
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted) return IsFinal(out errno);
        }

        return true;
    }

    protected override void OnCancelled() => _left = default;

    /// <summary>The system call.</summary>
    protected virtual nint Send(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer) return Libc.Send(descriptor, start, (nuint)buffer.Length, Libc.MessageNoSignal);
    }
}
