namespace Braid;

/// <summary>
/// What CPython's threads run under: one lock, held while an item computes, let go while it is blocked or awaits. For libraries that are not
/// thread-safe, and for showing what such a lock costs.
/// </summary>
/// <remarks>
/// Thread-safe, not re-entrant. Fair: the lock is handed to the thread that has waited longest, so nobody starves, at the price of a thread
/// switch (5 to 80 µs) per hand-over when several want it. Unlike CPython, which takes it away every 5 ms, an item keeps it until it ends or releases it:
/// work that outlives its <see cref="MapOptions.ItemTimeout"/> because it ignores its token holds up all others until then.
/// </remarks>
public sealed class GlobalLock
{
    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiters = new();
    private Thread? _holder;
    private long _contentions;

    /// <summary>How often a thread had to wait for the lock.</summary>
    public long Contentions => Interlocked.Read(ref _contentions);

    /// <summary>
    /// Lets go of the lock until the result is disposed, for blocking calls: <c>using (globalLock.Release()) socket.Receive(buffer);</c>
    /// Disposing waits for the lock again. Who does not dispose it is without the lock until the item ends, at the latest.
    /// </summary>
    /// <exception cref="InvalidOperationException">The calling thread does not hold the lock.</exception>
    public Released Release()
    {
        if (!TryExit())
        {
            var thread = Thread.CurrentThread.Name is { Length: > 0 } name ? $"Thread '{name}'" : "This thread";
            throw new InvalidOperationException(
                $"{thread} does not hold the GlobalLock, so it cannot release it. Release is for work that runs on a ThreadExecutor with this lock, once at a time.");
        }

        return new Released(this);
    }

    internal void Enter()
    {
        Waiter waiter;
        lock (_gate)
        {
            AssertInvariants();
            if (_holder is null)
            {
                _holder = Thread.CurrentThread;
                return;
            }

            _contentions++;
            waiter = new Waiter(Thread.CurrentThread);
            _waiters.Enqueue(waiter);
        }

        waiter.Wait();
    }

    /// <summary>Lets go of the lock, if this thread has it: what was released in an item and never taken back is let go already.</summary>
    internal void ExitIfHeld() => TryExit();

    private bool TryExit()
    {
        Waiter? next;
        lock (_gate)
        {
            AssertInvariants();
            if (_holder != Thread.CurrentThread) return false;

            // The new holder is named here, under the gate: a third thread cannot come in between.
            _holder = _waiters.TryDequeue(out next) ? next.Thread : null;
        }

        next?.Wake();
        return true;
    }

    private void AssertInvariants() =>
        System.Diagnostics.Debug.Assert(_holder is not null || _waiters.Count == 0, "Threads wait for a lock that nobody holds.");

    /// <summary>The lock is let go; disposing takes it again.</summary>
    public readonly ref struct Released
    {
        private readonly GlobalLock? _lock;

        internal Released(GlobalLock globalLock) => _lock = globalLock;

        /// <summary>Waits for the lock and takes it.</summary>
        public void Dispose() => _lock?.Enter();
    }

    private sealed class Waiter(Thread thread)
    {
        private readonly ManualResetEventSlim _isMine = new(initialState: false, spinCount: 0);

        internal Thread Thread => thread;

        internal void Wait()
        {
            _isMine.Wait();
            _isMine.Dispose();
        }

        internal void Wake() => _isMine.Set();
    }
}
