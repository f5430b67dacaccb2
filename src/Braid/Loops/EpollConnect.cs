using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>A connection being made: begun before, and done when the socket becomes writable.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollConnect(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private bool _writable;

    public override string What => "connect";

    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        return VoidTask;
    }

    public void OnWritable()
    {
        _writable = true;
        OnReady();
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        if (!_writable) return false;
        var error = 0;
        var length = (uint)sizeof(int);
        errno = Libc.GetOption(descriptor, Libc.LevelSocket, Libc.OptionError, &error, &length) < 0 ? Marshal.GetLastPInvokeError() : error;
        return true;
    }
}
