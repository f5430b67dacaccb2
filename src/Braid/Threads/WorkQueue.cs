using System.Collections.Concurrent;

namespace Braid.Threads;

/// <summary>The items that wait for a thread, and who is there to take them.</summary>
/// <remarks>
/// Adding and taking are lock-free while workers are busy or look for work; the lock is for sleeping, waking and starting threads. A lost
/// wake-up is impossible because each side publishes first and looks second, with a full fence between: Add publishes the item and then looks
/// for someone who looks or sleeps; a worker publishes that it looks or sleeps and then looks for an item.
/// </remarks>
internal sealed class WorkQueue(ThreadExecutor executor, ThreadOptions options)
{
    // How often an idle worker looks for the next item before it sleeps, in rounds of about 0.1 µs. Sleeping and waking costs 5 to 80 µs, so
    // looking for as long as that is never worse than twice the best. Chosen by `benchmarks threads-map`.
    private const int SpinRounds = 300;

    private readonly ConcurrentQueue<WorkItem> _items = new();

    // Items that the executor's own work waits for. They go first, and extra workers may run them while that work's threads are parked.
    private readonly ConcurrentQueue<WorkItem> _nested = new();
    private volatile int _nestedCount;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards what follows it. The volatile ones are also read without it, as hints that are checked again inside.
    private readonly Lock _gate = new();
    private readonly List<ThreadWorker> _workers = [];
    private readonly Stack<ThreadWorker> _idle = new();
    private readonly SortedSet<int> _freeLanes = [];
    private int _lanes;
    private int _parked;
    private volatile int _idleCount;
    private volatile int _workerCount;
    private volatile int _extraCount;
    private volatile bool _isCompleted;

    // Workers that look for an item just now; an extra worker is no use to an item that is not nested, so they are counted apart.
    private int _looking;
    private int _extrasLooking;

    internal ThreadExecutor Executor => executor;

    internal GlobalLock? GlobalLock => options.GlobalLock;

    internal void Add(WorkItem item)
    {
        ObjectDisposedException.ThrowIf(_isCompleted && item.Parent is null, executor);
        bool isNested = item.Parent is not null;
        if (isNested)
        {
            _nested.Enqueue(item);
            Interlocked.Increment(ref _nestedCount);
        }
        else
        {
            _items.Enqueue(item);
            Interlocked.MemoryBarrier();
            if (_isCompleted) ThrowIfTooLate();
        }

        WakeSomeone(isNested);
    }

    /// <summary>Waits for an item. False: the worker is not needed any more and has been struck off.</summary>
    internal bool TryTake(ThreadWorker worker, out WorkItem item)
    {
        while (true)
        {
            if (TryDequeue(worker, out item) || TryLookFor(worker, out item))
            {
                worker.IsComing = false;
                // Whoever added two items in one breath saw one worker looking and woke nobody for the second.
                if (_nestedCount > 0) WakeSomeone(isNested: true);
                if (MayWake(isNested: false) && !_items.IsEmpty) WakeSomeone(isNested: false);
                return true;
            }

            lock (_gate)
            {
                worker.IsComing = false;
                _idle.Push(worker);
                _idleCount = _idle.Count;
                Interlocked.MemoryBarrier();
                bool hasItem = TryDequeue(worker, out item);
                bool isSurplus = !hasItem && (_isCompleted || worker.IsExtra);
                if (hasItem || isSurplus)
                {
                    _idle.Pop(); // This worker: it was pushed under the same lock.
                    _idleCount = _idle.Count;
                    if (hasItem) return true;
                    StrikeOff(worker);
                    return false;
                }
            }

            worker.Sleep();
        }
    }

    /// <summary>The worker's item awaits: its place may be used by what it awaits.</summary>
    internal void Park(ThreadWorker worker)
    {
        lock (_gate)
        {
            if (!_workers.Contains(worker)) return; // Written off: its place is taken already.
            worker.CountsAsParked = true;
            _parked++;
        }

        if (_nestedCount > 0) WakeSomeone(isNested: true);
    }

    internal void Unpark(ThreadWorker worker)
    {
        lock (_gate) TakePlaceBack(worker);
    }

    /// <summary>The worker's item has ended by its time limit and its work goes on: another thread takes its place.</summary>
    internal void WriteOff(ThreadWorker worker)
    {
        lock (_gate)
        {
            if (!_workers.Contains(worker)) return;
            StrikeOff(worker);
        }

        executor.Timeline?.Record(0, worker.Name, TracePhase.WorkerLost, executor.Name, worker.Lane, "its item's time is over and the work goes on; the thread has been replaced");
        if (!_items.IsEmpty || _nestedCount > 0) WakeSomeone(isNested: _nestedCount > 0);
    }

    /// <summary>A written-off thread has come to its end after all; its row on the timeline is free again.</summary>
    internal void FreeLane(int lane)
    {
        lock (_gate) _freeLanes.Add(lane);
    }

    internal Task CompleteAsync()
    {
        lock (_gate)
        {
            _isCompleted = true;
            if (_workers.Count == 0 && _items.IsEmpty && _nested.IsEmpty) _ended.TrySetResult();
            while (_idle.TryPop(out var worker)) worker.Wake();
            _idleCount = 0;
        }

        return _ended.Task;
    }

    /// <summary>
    /// Why nothing on this executor can ever go on: every thread is blocked in a wait, by work that has given the executor an item which has not
    /// ended, and the asking one's has one that no thread is left to begin. Null: something can.
    /// </summary>
    internal string? DescribeDeadlock(ThreadWorker asking)
    {
        lock (_gate)
        {
            if (asking.Item is not { Children.Waiting: > 0 } || _workers.Count - _parked < options.Threads) return null;
            foreach (var worker in _workers)
            {
                if (worker.IsParked) continue;
                if (!worker.IsBlocked || worker.Item is not { Children.Unfinished: > 0 }) return null;
            }

            string inner = _nested.TryPeek(out var waiting) ? waiting.Name : "an item";
            return $"Work '{asking.Item?.Name}' blocks a thread of '{executor.Name}' while it waits for '{inner}', which it gave to the same executor; "
                + $"all {options.Threads} threads are blocked so, and it can never begin. Await it instead of blocking, or run it on another executor.";
        }
    }

    // The queue was closed between the first look and the item. If it was found empty then, nobody looks at it any more.
    private void ThrowIfTooLate()
    {
        lock (_gate) ObjectDisposedException.ThrowIf(_ended.Task.IsCompleted, executor);
    }

    private bool TryDequeue(ThreadWorker worker, out WorkItem item)
    {
        if (_nestedCount > 0 && _nested.TryDequeue(out item!))
        {
            Interlocked.Decrement(ref _nestedCount);
            return true;
        }

        item = null!;
        return !worker.IsExtra && _items.TryDequeue(out item!);
    }

    private bool TryLookFor(ThreadWorker worker, out WorkItem item)
    {
        item = null!;
        if (Environment.ProcessorCount == 1) return false;
        ref int looking = ref worker.IsExtra ? ref _extrasLooking : ref _looking;
        Interlocked.Increment(ref looking);
        bool found = false;
        for (int round = 0; round < SpinRounds && !found; round++)
        {
            Thread.SpinWait(2);
            found = TryDequeue(worker, out item);
        }

        Interlocked.Decrement(ref looking);
        return found || TryDequeue(worker, out item);
    }

    private void WakeSomeone(bool isNested)
    {
        if (Volatile.Read(ref _looking) > 0 || (isNested && Volatile.Read(ref _extrasLooking) > 0)) return;
        if (!MayWake(isNested)) return;
        lock (_gate)
        {
            if (AreComing(isNested)) return;
            if (_idle.TryPop(out var worker))
            {
                _idleCount = _idle.Count;
                worker.Wake();
            }
            else if (MayStart(isNested))
            {
                Start(isExtra: _workerCount - _extraCount >= options.Threads);
            }
        }
    }

    /// <summary>
    /// Whether as many workers as there are items have just ended one and will look for the next by themselves. They cannot have missed these:
    /// to sleep they need the lock, and look again once they have it.
    /// </summary>
    private bool AreComing(bool isNested)
    {
        int coming = 0;
        foreach (var worker in _workers)
            if (worker.IsComing && (isNested || !worker.IsExtra) && !worker.IsWrittenOff) coming++;
        return coming > 0 && coming >= (isNested ? _nested : _items).Count;
    }

    /// <summary>False if there is nobody who could be woken or started. A hint.</summary>
    private bool MayWake(bool isNested) => _idleCount > 0 || MayStart(isNested);

    private bool MayStart(bool isNested) => _workerCount - _extraCount < options.Threads || (isNested && _workerCount - _parked < options.Threads);

    private void Start(bool isExtra)
    {
        int lane = _freeLanes.Count > 0 ? _freeLanes.Min : _lanes++;
        _freeLanes.Remove(lane);
        var worker = new ThreadWorker(this, lane, isExtra);
        _workers.Add(worker);
        CountWorkers();
        worker.Start();
    }

    private void CountWorkers()
    {
        _workerCount = _workers.Count;
        _extraCount = _workers.Count(worker => worker.IsExtra);
    }

    private void TakePlaceBack(ThreadWorker worker)
    {
        if (!worker.CountsAsParked) return;
        worker.CountsAsParked = false;
        _parked--;
    }

    private void StrikeOff(ThreadWorker worker)
    {
        _workers.Remove(worker);
        CountWorkers();
        TakePlaceBack(worker);
        if (!worker.IsWrittenOff) _freeLanes.Add(worker.Lane);
        if (_isCompleted && _workers.Count == 0 && _items.IsEmpty && _nested.IsEmpty) _ended.TrySetResult();
    }
}
