namespace Braid.Items;

/// <summary>Notices when user code blocks its thread for long, so that a wait that can never end fails instead of lasting for ever.</summary>
/// <param name="watchMilliseconds">How long a wait may last before somebody asks whether it can end, and then again.</param>
internal abstract class WatchfulSynchronizationContext(int watchMilliseconds) : SynchronizationContext
{
    // What the operating system's wait returns when the time is over (WAIT_TIMEOUT).
    private const int WaitTimedOut = 258;

    /// <summary>
    /// What Braid's own awaits give to ConfigureAwait: false, except on a loop with a seed. There a continuation on the thread pool would come
    /// back at another time in each run.
    /// </summary>
    internal static bool IsKept => Current is WatchfulSynchronizationContext { KeepsLibraryCode: true };

    /// <summary>Whether Braid's own code goes on here too after an await.</summary>
    internal virtual bool KeepsLibraryCode => false;

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
