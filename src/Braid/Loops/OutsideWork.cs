namespace Braid.Loops;

/// <summary>
/// What the callbacks of a seeded loop have left on other threads. The loop waits for it before it goes on, so that Task.Run and library
/// code that hops to the thread pool are one step for the program, at one instant, and in most cases the same in each run.
/// </summary>
/// <remarks>
/// Two sources. An AsyncLocal of the loop tells on each thread when code that came from the loop begins and ends. The thread pool's
/// counters tell that something is queued that has not begun. The counters are of the whole process, so what others do on the pool can
/// make the loop wait a moment in vain; it can never make it wrong about the order on its own thread.
/// </remarks>
internal sealed class OutsideWork
{
    // How long one callback's leavings are waited for. What takes longer is real outside work, or waits for the loop itself.
    private const int PatienceMilliseconds = 20;

    // Looks, each with a yield, before the pool's being busy is taken to be the work of others. About as long as a thread takes to wake up.
    private const int Looks = 100;

    private static readonly AsyncLocal<OutsideWork?> Origin = new(OnFlow);

    private readonly AutoResetEvent _probed = new(false);
    private int _loopThread;
    private int _running;
    private int _departures;

    // What is there and was waited for already: the loop goes on in spite of it.
    private int _toleratedRunning;
    private int _toleratedBusy;
    private long _toleratedPending;
    private volatile bool _isProbing;

    /// <summary>Code that came from the loop runs on another thread, or may be queued in a pool that does not get to it.</summary>
    public bool IsPending => Volatile.Read(ref _running) > 0 || _isProbing;

    /// <summary>How often code of the loop has begun to run on another thread.</summary>
    public int Departures => Volatile.Read(ref _departures);

    /// <summary>On the loop's thread, before its first turn. Returns what <see cref="End"/> wants back.</summary>
    public OutsideWork? Begin()
    {
        var outer = Origin.Value;
        _loopThread = Environment.CurrentManagedThreadId;
        Origin.Value = this;
        Tolerate();
        return outer;
    }

    public static void End(OutsideWork? outer) => Origin.Value = outer;

    /// <summary>Waits until what this turn's callbacks have left elsewhere is done. Costs below 0.1 µs if there is nothing.</summary>
    public void Settle()
    {
        if (!IsQuiet()) SettleSlowly();
    }

    private static int Busy
    {
        get
        {
            ThreadPool.GetMaxThreads(out var most, out _);
            ThreadPool.GetAvailableThreads(out var available, out _);
            return most - available;
        }
    }

    private bool IsQuiet()
    {
        var running = Volatile.Read(ref _running);
        var busy = Busy;
        var pending = ThreadPool.PendingWorkItemCount;
        if (running > _toleratedRunning || busy > _toleratedBusy || pending > _toleratedPending) return false;
        (_toleratedRunning, _toleratedBusy, _toleratedPending) = (running, busy, pending);
        return true;
    }

    private void SettleSlowly()
    {
        // A pool that does not even get to a probe is stuck, with the work of others or with calls that wait for this loop: go on.
        if (_isProbing) return;
        for (var left = PatienceMilliseconds; left > 0; left--)
        {
            if (!Probe()) return;
            for (var look = 0; look < Looks; look++)
            {
                if (IsQuiet()) return;
                Thread.Yield();
            }

            if (Volatile.Read(ref _running) <= _toleratedRunning) break; // busy, but not with ours
            _probed.WaitOne(1);
        }

        Tolerate();
    }

    private void Tolerate()
    {
        _toleratedRunning = Volatile.Read(ref _running);
        _toleratedBusy = Busy;
        _toleratedPending = ThreadPool.PendingWorkItemCount;
    }

    // The pool's queue is first in, first out: once this item has run, everything queued before it has at least begun.
    private bool Probe()
    {
        _isProbing = true;
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.OnProbed(), this, preferLocal: false);
        _probed.WaitOne(PatienceMilliseconds);
        return !_isProbing;
    }

    private void OnProbed()
    {
        _isProbing = false;
        _probed.Set();
    }

    private static void OnFlow(AsyncLocalValueChangedArgs<OutsideWork?> change)
    {
        if (!change.ThreadContextChanged) return; // set by hand, in Begin and End
        change.PreviousValue?.Count(-1);
        change.CurrentValue?.Count(1);
    }

    private void Count(int difference)
    {
        if (Environment.CurrentManagedThreadId == Volatile.Read(ref _loopThread)) return;
        Interlocked.Add(ref _running, difference);
        if (difference > 0) Interlocked.Increment(ref _departures);
    }
}
