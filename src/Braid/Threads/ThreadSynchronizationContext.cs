using System.Collections.Concurrent;
using Braid.Items;

namespace Braid.Threads;

/// <summary>
/// Brings the continuations of an async item back to the item's thread, and notices when the item's code blocks that thread.
/// </summary>
/// <remarks>
/// Work that is not async never looks at the queue, so its continuations go to the .NET pool; and so do those of async work that has blocked
/// its thread for a while, because code that blocks on its own async code would otherwise wait for itself. No locks: the runtime calls
/// <see cref="Wait"/> also before it waits for a contended lock, and one taken here would call itself.
/// </remarks>
internal sealed class ThreadSynchronizationContext : WatchfulSynchronizationContext, IDisposable
{
    // How long a wait may last before somebody asks whether it can ever end. A deadlock lasts for ever, so a quarter of a second finds it
    // soon enough and costs nothing; ordinary waits for locks are far shorter and must not send continuations elsewhere.
    private const int WatchMilliseconds = 250;

    private readonly ThreadWorker _worker;
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly SemaphoreSlim _wakeUp = new(0);
    private int _isAsleep;
    private volatile bool _isTaking;
    private volatile bool _isParked;
    private volatile bool _isBlocked;
    private volatile bool _isLending;

    internal ThreadSynchronizationContext(ThreadWorker worker)
        : base(WatchMilliseconds)
    {
        _worker = worker;
        SetWaitNotificationRequired(); // The runtime calls Wait below before this thread blocks in managed code.
    }

    /// <summary>True while the item awaits and the thread has nothing to run.</summary>
    internal bool IsParked => _isParked;

    /// <summary>True while the item's code blocks the thread in a wait.</summary>
    internal bool IsBlocked => _isBlocked;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!_isTaking || _isLending)
        {
            SendToPool((d, state));
            return;
        }

        _posted.Enqueue((d, state));
        Interlocked.MemoryBarrier();
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1) _wakeUp.Release();

        // The thread may have stopped taking since the look above.
        if (!_isTaking || _isLending) SendPostedToPool();
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>From now on continuations are for this thread: an async item begins.</summary>
    internal void BeginTaking() => _isTaking = true;

    /// <summary>Runs the item's continuations on this thread until the item has ended.</summary>
    internal void RunUntil(Task done)
    {
        var awaiter = done.ConfigureAwait(false).GetAwaiter();
        awaiter.UnsafeOnCompleted(() => Post(static _ => { }, null)); // So that the end wakes the thread too.
        while (TryTake(done, out var posted))
        {
            SetSynchronizationContext(this);
            posted.Callback(posted.State);
            SetSynchronizationContext(null);
        }
    }

    /// <summary>The async item has ended; what it has left running goes on in the .NET pool.</summary>
    internal void EndTaking()
    {
        _isTaking = false;
        Interlocked.MemoryBarrier();
        SendPostedToPool();
    }

    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        _isBlocked = true;
        try
        {
            return base.Wait(waitHandles, waitAll, millisecondsTimeout);
        }
        finally
        {
            _isLending = false;
            _isBlocked = false;
        }
    }

    public void Dispose() => _wakeUp.Dispose();

    protected override void OnLongWait()
    {
        _isLending = true;
        Interlocked.MemoryBarrier();
        SendPostedToPool();
        if (_worker.Item is { Children.Waiting: > 0 } && _worker.Queue.DescribeDeadlock(_worker) is { } reason)
            throw new InvalidOperationException(reason);
    }

    private bool TryTake(Task done, out (SendOrPostCallback Callback, object? State) posted)
    {
        while (!_posted.TryDequeue(out posted))
        {
            if (done.IsCompleted) return false;
            Park(done);
        }

        return true;
    }

    /// <summary>The item awaits. Its place and the global lock are free for others meanwhile.</summary>
    private void Park(Task done)
    {
        _isParked = true;
        _worker.Queue.GlobalLock?.ExitIfHeld();
        _worker.Queue.Park(_worker);

        // Publish first, look second; Post does it the other way round.
        Interlocked.Exchange(ref _isAsleep, 1);
        if ((_posted.IsEmpty && !done.IsCompleted) || Interlocked.Exchange(ref _isAsleep, 0) == 0) _wakeUp.Wait();

        _worker.Queue.Unpark(_worker);
        _worker.Queue.GlobalLock?.Enter();
        _isParked = false;
    }

    private void SendPostedToPool()
    {
        while (_posted.TryDequeue(out var posted)) SendToPool(posted);
    }

    private static void SendToPool((SendOrPostCallback Callback, object? State) posted) =>
        ThreadPool.QueueUserWorkItem(static posted => posted.Callback(posted.State), posted, preferLocal: false);
}
