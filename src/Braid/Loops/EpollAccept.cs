using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>One accept.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollAccept(EpollPoller poller, int descriptor, bool isTcp) : EpollOperation<LoopSocket>(poller.Loop)
{
    public override string What => "accept";

    public ValueTask<LoopSocket> StartAsync(CancellationToken cancellationToken) => Start(cancellationToken);

    protected override bool Attempt(out LoopSocket result, out int errno)
    {
        result = null!;
        errno = 0;
        while (true)
        {
            var accepted = Libc.Accept(descriptor, null, null, Libc.SocketNonBlocking | Libc.SocketCloseOnExec);
            if (accepted >= 0)
            {
                if (isTcp) EpollSocket.SetNoDelay(accepted);
                result = new LoopSocket(Loop, new EpollSocket(poller, accepted));
                return true;
            }

            // A peer that gave up while it waited in the queue is not the listener's failure: take the next.
            if (Marshal.GetLastPInvokeError() is Errno.Interrupted or Errno.ConnectionAborted) continue;
            return IsFinal(out errno);
        }
    }
}
