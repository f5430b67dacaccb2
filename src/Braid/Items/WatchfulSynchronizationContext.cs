namespace Braid.Items;

/// <summary>Notices when user code blocks its thread for long, so that a wait that can never end fails instead of lasting for ever.</summary>
/// <param name="watchMilliseconds">How long a wait may last before somebody asks whether it can end, and then again.</param>
internal abstract class WatchfulSynchronizationContext(int watchMilliseconds) : SynchronizationContext
{
    // What the operating system's wait returns when the time is over (WAIT_TIMEOUT).
    private const int WaitTimedOut = 258;

    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        int left = millisecondsTimeout;
        while (true)
        {
            int slice = left == Timeout.Infinite ? watchMilliseconds : Math.Min(left, watchMilliseconds);
            int result = WaitHelper(waitHandles, waitAll, slice);
            if (result != WaitTimedOut) return result;
            if (left != Timeout.Infinite && (left -= slice) <= 0) return result;
            OnLongWait();
        }
    }

    /// <summary>On the thread that waits. What it throws ends the wait.</summary>
    protected abstract void OnLongWait();
}
