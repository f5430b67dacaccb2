using Braid.Wire;

namespace Braid.Processes;

/// <summary>The care of one worker: its initializer, how many calls it gets, how much memory it uses, when it has done enough.</summary>
internal sealed partial class WorkerConnection
{
    // Guarded by the queue's gate, as are the properties.
    private int _begun;
    private long _idleSince;
    private long _residentAtFirst;
    private string? _endReason;
    private volatile bool _isWorn;
    private bool _isDismissed;

    /// <summary>It is given nothing more: it finishes what it has and leaves.</summary>
    internal bool IsWorn
    {
        get => _isWorn;
        set => _isWorn = value;
    }

    /// <summary>It has been told to end, or is about to be.</summary>
    internal bool HasLeft { get; set; }

    /// <summary>How many more calls it may be given: those that it has count, for it will begin them unless they are asked back.</summary>
    internal int Left => _executor.Options.RecycleAfter is { } most ? most - _begun - Held.CountIn(CallState.Sent) : int.MaxValue;

    internal TimeSpan IdleTime => _executor.TimeProvider.GetElapsedTime(_idleSince);

    /// <summary>It has become idle. Inside the queue's gate.</summary>
    internal void OnIdle()
    {
        if (_executor.IdleWatch is not { } watch) return;
        _idleSince = _executor.TimeProvider.GetTimestamp();
        watch.Start();
    }

    /// <summary>If it is worn and all that it holds has begun: its successor may start; if it holds nothing: it may go.</summary>
    internal void LeaveIfWorn()
    {
        if (!_isWorn) return;
        var starts = new List<WorkerConnection>();
        bool mayGo = _queue.TryRelease(this, starts, out var successor);
        foreach (var start in starts) start.Start();
        if (!mayGo) return;
        Stop();
        successor?.Wake();

        // A call may have been meant for this worker when it was found to be worn.
        WakeIdle();
    }

    /// <summary>Compares its memory with the limits. From the watch's thread.</summary>
    internal void CheckMemory()
    {
        if (!IsReady || _process is not { } process) return;
        long resident = ResidentMemory.Of(process.Id);
        if (_executor.Options.MemoryLimit is { } limit && resident > limit) KillForMemory(resident, limit);
        else if (_executor.Options.RecycleOnGrowth is { } growth) RetireIfGrown(resident, growth);
    }

    /// <summary>Has the worker run the initializer. It is not ready before.</summary>
    private void Initialize()
    {
        var initializer = _executor.Options.Initializer;
        var frames = new FrameBuffer();
        WorkerInitializer.Write(frames, initializer);
        _stream.Write(frames.Written.Span);
        if (initializer is null) return;
        _shared?.Watch();
        string name = WorkerInitializer.NameOf(initializer);
        if (WorkerInitializer.ReadAnswer(_reader, name, Origin) is not { } error) return;
        _queue.FailStarts(new(name, Lane, error));
        throw new InvalidOperationException($"its initializer '{name}' failed ({error.GetType().Name}: {error.Message})");
    }

    /// <summary>It has begun a call. Inside the queue's gate.</summary>
    private void OnBegun()
    {
        _begun++;
        if (_executor.Options.RecycleAfter <= _begun) _isWorn = true;
    }

    /// <summary>A call has ended; after the first one, what it uses is what it needs.</summary>
    private void OnCallEnded()
    {
        if (_executor.Options.RecycleOnGrowth is null || Volatile.Read(ref _residentAtFirst) != 0) return;
        Volatile.Write(ref _residentAtFirst, ResidentMemory.Of(_process!.Id));
    }

    private void KillForMemory(long resident, long limit)
    {
        lock (_queue.Gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _endReason = $"it used {ResidentMemory.Text(resident)}, above its MemoryLimit of {ResidentMemory.Text(limit)}";
        }

        Kill();
    }

    private void RetireIfGrown(long resident, long growth)
    {
        long first = Volatile.Read(ref _residentAtFirst);
        if (first == 0 || resident - first <= growth) return;
        _isWorn = true;
        LeaveIfWorn();
    }
}
