using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>An operation that tries its system call, and again each time the kernel says that it may now succeed.</summary>
[SupportedOSPlatform("linux")]
internal abstract class EpollOperation<TResult>(EventLoop loop) : LoopOperation<TResult>(loop)
{
    /// <summary>Makes the system call. False: it would block. It sets either the result or the error number.</summary>
    protected abstract bool Attempt(out TResult result, out int errno);

    /// <summary>What the caller gets for an error number.</summary>
    protected virtual Exception ToException(int errno) => Errno.ToException(errno);

    /// <summary>The kernel says that the call may succeed now.</summary>
    public void OnReady()
    {
        if (!IsPending || IsDeferred) return;
        try
        {
            if (!Attempt(out var result, out var errno)) return;
            OnCancelled(); // lets go of the buffer
            if (errno == 0) Complete(result);
            else Fail(ToException(errno));
        }
        catch (Exception exception) when (IsPending)
        {
            // A buffer whose owner was disposed, an accepted socket that could not be registered: the caller's error, not the loop's end.
            FailIfPending(exception);
        }
    }

    /// <summary>The first attempt. An operation that could complete at once over and over takes a turn now and then, so that others run.</summary>
    protected ValueTask<TResult> Start(CancellationToken cancellationToken)
    {
        if (!Attempt(out var result, out var errno))
        {
            Begin(cancellationToken);
            return ResultTask;
        }

        OnCancelled();
        if (errno != 0) return ValueTask.FromException<TResult>(ToException(errno));
        if (Loop.MayCompleteInline) return new ValueTask<TResult>(result);
        CompleteNextTurn(result);
        return ResultTask;
    }

    /// <summary>Reads why a call failed. True: for good, so <paramref name="errno"/> is set; false: it would block, and there is none.</summary>
    protected static bool IsFinal(out int errno)
    {
        errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.TryAgain) return true;
        errno = 0;
        return false;
    }
}
