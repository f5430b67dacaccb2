using Braid.Wire;

namespace Braid.Processes;

/// <summary>The calls of one worker: how many it is given, and how they are sent.</summary>
internal sealed partial class WorkerConnection
{
    // How many calls a worker may have at hand while items are tiny: enough for the parent's threads to take turns without the worker running
    // dry, few enough to be recalled. Where other programs keep every processor busy, both sides get one only every few milliseconds, and this is
    // what they do in between: with 256, a map of tiny items did 200,000 a second beside two of those, with 1,024 590,000, with 4,096 no more.
    // `benchmarks processes-busy`.
    private const int MostAhead = 1024;

    // How much work a worker may have at hand: more than it waits for the next call where workers keep every processor busy and the parent's
    // threads get one only after a time slice of 2 to 5 ms. With 1, 2, 5, 8 and 15 ms workers were busy for 0.75, 0.84, 0.96, 0.95 and 0.93 of
    // the time with items of 1 ms; `benchmarks map-busy`.
    private static readonly TimeSpan WorkAhead = TimeSpan.FromMilliseconds(5);

    // From here on items are sent one at a time. Behind a shorter one there is always another, for the same reason: without it workers that ran
    // items of 3.5 ms stood still for 12 to 15 % of the time, and with it for 2 to 3 %; `benchmarks primes`.
    internal static readonly TimeSpan LongItem = TimeSpan.FromMilliseconds(100);

    // The duration of an item that nobody has seen yet: nothing is sent ahead of it.
    private const long Unknown = long.MaxValue;

    // Behind calls and answers above this nothing is sent ahead, and nothing by the thread that submits: half of what shared memory takes, a
    // socket about 200 KB, before the sender has to wait.
    private const int LargeMessage = SharedRing.Capacity / 2;

    // Guards what follows and the order in which frames are added: the definition of a function or a constant goes before the first call that has it.
    private readonly Lock _sendGate = new();
    private readonly Dictionary<FunctionId, int> _functions = [];
    private readonly ConstantSender _constants = new();
    private readonly List<ProcessCall> _taken = [];
    private readonly List<ProcessCall> _dropped = [];
    private FrameBuffer _frames = new();
    private FunctionId? _lastFunction;
    private int _lastNumber;
    private volatile bool _isLarge;

    // Of the calls sent lately, in bytes.
    private volatile int _callLength = 1;

    // Guarded by the queue's gate, as are the properties below.
    private bool _isClosed;
    private long _duration = Unknown;
    private volatile bool _hasWorked;

    /// <summary>What it was given and has not ended.</summary>
    internal HeldCalls Held { get; } = new();

    internal bool IsReady { get; set; }

    internal bool IsIdle { get; set; }

    /// <summary>False while an item is being stopped, which may cost the worker its life, and at its end.</summary>
    internal bool MayTake => IsReady && !_isClosed && _stopping is null && !IsWorn;

    /// <summary>How many calls it may have at hand: so much work, and no more than can be sent without waiting for it.</summary>
    internal int Depth => _duration > _longItem ? 1 : (int)Math.Clamp(_workAhead / Math.Max(_duration, 1), 2, MostInRing);

    private int MostInRing => Math.Clamp(SharedRing.Capacity / _callLength, 2, MostAhead);

    /// <summary>It runs an item that has turned out to be long: nothing should wait behind that.</summary>
    /// <param name="now">Of the executor's clock.</param>
    internal bool IsLate(long now) => Held.First is { State: CallState.Started } first && now - first.StartedAt > _longItem;

    /// <summary>It was idle and there is a call for it. Does not wait for the worker.</summary>
    internal void Wake()
    {
        if (_isLarge) ThreadPool.UnsafeQueueUserWorkItem(static worker => worker.Refill(), this, preferLocal: false);
        else Refill(mayWait: false);
    }

    /// <summary>Sends the next calls, if there are any for this worker.</summary>
    private void Refill(bool mayWait = true)
    {
        while (true)
        {
            _executor.RecallWatch.Start(AddNext(out var ended));
            if (ended is null) break;

            // Outside the gates: what waits for these items may give us others at once. They left a place, so once more.
            foreach (var (call, reason) in ended)
            {
                if (reason is null || IsStillOurs(call)) EndCall(call, reason);
            }
        }

        if (mayWait || !_isLarge) _writer.Flush();
        else _writer.FlushElsewhere();
        LeaveIfWorn();
    }

    private RecallTime AddNext(out List<(ProcessCall Call, Exception? Reason)>? ended)
    {
        ended = null;
        lock (_sendGate)
        {
            var recall = _queue.Take(this, _taken, _dropped);
            foreach (var call in _dropped) (ended ??= []).Add((call, null));
            var outer = _constants.Begin();
            foreach (var call in _taken)
            {
                if (TryWrite(call) is { } reason) (ended ??= []).Add((call, reason));
            }

            ConstantSender.End(outer);
            _taken.Clear();
            _dropped.Clear();
            if (!_frames.IsEmpty) _frames = _writer.Add(_frames);
            return recall;
        }
    }

    /// <summary>Encodes a call. Never throws: returns why it cannot be.</summary>
    private Exception? TryWrite(ProcessCall call)
    {
        int start = _frames.Length;
        try
        {
            int function = Number(call.Item.Function);
            start = _frames.Length;
            Write(call, function);
            while (_constants.HasNew)
            {
                _frames.Drop();
                _constants.WriteNew(_frames);
                Write(call, function);
            }

            _frames.End();
            _constants.Commit();
        }
        catch (Exception exception)
        {
            _frames.TruncateTo(start);
            _constants.Rollback();
            return exception;
        }

        int length = _frames.Length - start;
        _isLarge = _frames.IsLarge || length > LargeMessage;

        // Up at once, down slowly: among short calls there may be long ones again.
        _callLength = Math.Max(length, _callLength - (_callLength / 16));
        _watch.Add(call.Item.CancellationToken, _isUsed);
        return null;
    }

    private void Write(ProcessCall call, int function)
    {
        _frames.Begin(FrameType.Call);
        _frames.WriteInt64(call.Id);
        _frames.WriteInt32(function);
        _frames.WriteText(call.TraceParent);
        _frames.WriteText(call.TraceState);
        _frames.BeginPayload();
        call.Item.WriteArgument(_frames);
    }

    private int Number(FunctionId function)
    {
        if (ReferenceEquals(function, _lastFunction)) return _lastNumber;
        if (!_functions.TryGetValue(function, out int number))
        {
            number = _functions.Count + 1;
            _frames.Begin(FrameType.Define);
            _frames.WriteInt32(number);
            function.WriteTo(_frames);
            _frames.End();
            _functions.Add(function, number);
        }

        (_lastFunction, _lastNumber) = (function, number);
        return number;
    }

    private void WakeIdle()
    {
        EndReturned();
        while (_queue.TryClaim(out var idle, out var start))
        {
            idle?.Wake();
            start?.Start();
        }
    }

    /// <summary>False: the worker was lost meanwhile, and the call is back in the queue or with another, which will find the same.</summary>
    internal bool IsStillOurs(ProcessCall call)
    {
        lock (_queue.Gate)
        {
            if (call.State != CallState.Sent || call.Worker != this) return false;
            call.State = CallState.Done;
            return true;
        }
    }

    /// <summary>Ends a call that no worker has begun.</summary>
    private void EndCall(ProcessCall call, Exception? reason)
    {
        lock (_queue.Gate)
        {
            call.State = CallState.Done;
            Held.Remove(call);
        }

        if (reason is not null)
        {
            EndFailed(call, reason);
            return;
        }

        call.Item.CancelIfWaiting();
        _queue.Leave();
    }

    private void EndFailed(ProcessCall call, Exception error, long at = 0)
    {
        call.Item.Fail(error, at);
        _queue.Leave();
    }
}
