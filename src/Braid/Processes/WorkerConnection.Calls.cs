using System.Buffers;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>The calls of one worker: sending them, and what its answers mean.</summary>
internal sealed partial class WorkerConnection
{
    // How many calls a worker may have at hand while items are tiny: enough for the parent's threads to take turns without the worker running
    // dry, few enough to be recalled. Chosen by `benchmarks processes-throughput`.
    private const int MostAhead = 256;

    // How much work a worker may have at hand: some ten times what it would wait for the next call. Longer items are sent one at a time.
    private static readonly TimeSpan WorkAhead = TimeSpan.FromMilliseconds(1);

    // The duration of an item that nobody has seen yet: nothing is sent ahead of it.
    private const long Unknown = long.MaxValue;

    // How many answers are taken in one hold of the queue's gate.
    private const int MostAnswers = 64;

    // Calls and answers above this are not sent ahead, and not by the thread that submits: half of what shared memory takes, a socket about
    // 200 KB, before the sender has to wait.
    private const int LargeMessage = SharedRing.Capacity / 2;

    // Guards _taken, _dropped, _frames, _functions and the order in which frames are added: a function's definition goes before its first call.
    private readonly Lock _sendGate = new();
    private readonly Dictionary<FunctionId, int> _functions = [];
    private readonly List<ProcessCall> _taken = [];
    private readonly List<ProcessCall> _dropped = [];
    private FrameBuffer _frames = new();
    private FunctionId? _lastFunction;
    private int _lastNumber;
    private volatile bool _isLarge;

    // Guarded by the queue's gate, as are the properties below.
    private bool _isClosed;
    private long _duration = Unknown;
    private volatile bool _hasWorked;

    // The reader's own: what one hold of the gate has found, and when.
    private readonly List<Answer> _answers = [];
    private long _now;
    private InvalidFrameException? _broken;

    /// <summary>What it was given and has not ended.</summary>
    internal HeldCalls Held { get; } = new();

    internal bool IsReady { get; set; }

    internal bool IsIdle { get; set; }

    /// <summary>False while an item is being stopped, which may cost the worker its life, and at its end.</summary>
    internal bool MayTake => IsReady && !_isClosed && _stopping is null && !IsWorn;

    internal int Depth => (int)Math.Clamp(_workAhead / Math.Max(_duration, 1), 1, MostAhead);

    /// <summary>It was idle and there is a call for it. Does not wait for the worker.</summary>
    internal void Wake()
    {
        if (_isLarge) ThreadPool.UnsafeQueueUserWorkItem(static worker => worker.Refill(), this, preferLocal: false);
        else Refill(mayWait: false);
    }

    /// <inheritdoc cref="Executor.BeginLooking"/>
    internal void BeginLooking() => _shared?.BeginLooking();

    /// <inheritdoc cref="Executor.TryAdvance"/>
    internal bool TryAdvance()
    {
        // Held by this thread: a result's own code is being decoded, and waits for another item.
        if (_shared is not { HasBytes: true } || _readGate.IsHeldByCurrentThread || !_readGate.TryEnter()) return false;
        bool isAny = false;
        try
        {
            isAny = _broken is null && TakeWhole();
        }
        catch (InvalidFrameException exception)
        {
            // The connection's own thread ends it; whoever reads on would misread.
            _broken = exception;
            _shared.MarkClosed();
        }
        finally
        {
            _readGate.Exit();
        }

        if (isAny) Refill(mayWait: false);
        return isAny;
    }

    /// <summary>
    /// Takes the frames that are here in full. Never waits for the rest of one: the connection's own thread may be asleep on the same signal, and
    /// a wake-up meant for one of two sleepers may go to the other.
    /// </summary>
    private bool TakeWhole()
    {
        bool isAny = false;
        while (HasWhole(out bool isLong))
        {
            // A matter for the connection's own thread, now.
            if (isLong) _shared!.EndLooking();
            if (isLong || !_reader.TryRead(out var frame)) break;
            Take(frame);
            isAny = true;
        }

        return isAny;
    }

    /// <summary>Reads without waiting until a frame is here in full, or one begins for which the buffer is too small. False: neither.</summary>
    private bool HasWhole(out bool isLong)
    {
        isLong = false;
        while (!_reader.HasFrame)
        {
            isLong = _reader.BeginsLongFrame();
            if (isLong) return true;
            int count = _shared!.ReadAvailable(_reader.GetRoom());
            if (count == 0) return false;
            _reader.Advance(count);
        }

        return true;
    }

    /// <inheritdoc cref="Executor.EndLooking"/>
    internal void EndLooking() => _shared?.EndLooking();

    /// <summary>Sends the next calls, if there are any for this worker.</summary>
    private void Refill(bool mayWait = true)
    {
        while (true)
        {
            var recall = AddNext(out var ended);
            if (recall is { } back) back.Victim.Recall(back.Calls);
            if (ended is null) break;

            // Outside the gates: what waits for these items may give us others at once. They left a place, so once more.
            foreach (var (call, reason) in ended) EndCall(call, reason);
        }

        if (mayWait || !_isLarge) _writer.Flush();
        else _writer.FlushElsewhere();
        LeaveIfWorn();
    }

    private (WorkerConnection Victim, ProcessCall[] Calls)? AddNext(out List<(ProcessCall Call, Exception? Reason)>? ended)
    {
        ended = null;
        lock (_sendGate)
        {
            var recall = _queue.Take(this, _taken, _dropped);
            foreach (var call in _dropped) (ended ??= []).Add((call, null));
            foreach (var call in _taken)
            {
                if (TryWrite(call) is { } reason) (ended ??= []).Add((call, reason));
            }

            _taken.Clear();
            _dropped.Clear();
            if (!_frames.IsEmpty) _frames = _writer.Add(_frames);
            return recall;
        }
    }

    /// <summary>Encodes a call. Returns why it cannot be.</summary>
    private Exception? TryWrite(ProcessCall call)
    {
        int start = _frames.Length;
        try
        {
            int function = Number(call.Item.Function);
            start = _frames.Length;
            _frames.Begin(FrameType.Call);
            _frames.WriteInt64(call.Item.Id);
            _frames.WriteInt32(function);
            _frames.WriteText(call.TraceParent);
            _frames.WriteText(call.TraceState);
            call.Item.WriteArgument(_frames);
            _frames.End();
        }
        catch (Exception exception)
        {
            _frames.TruncateTo(start);
            return exception;
        }

        _isLarge = _frames.Length - start > LargeMessage;
        _watch.Add(call.Item.CancellationToken, _isUsed);
        return null;
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

    /// <summary>Takes this frame and those behind it that are here in full.</summary>
    private void Take(Frame frame)
    {
        _now = _executor.TimeProvider.GetTimestamp();
        try
        {
            lock (_queue.Gate)
            {
                do
                {
                    _answers.Add(Note(frame));
                }
                while (_answers.Count < MostAnswers && _reader.HasFrame && _reader.TryRead(out frame));
            }
        }
        finally
        {
            // Also when a frame is broken: what came before it is good. The bodies lie in the reader's buffer, which stays as it is until the
            // next read that waits.
            foreach (var answer in _answers) Tell(answer);
            _answers.Clear();
        }
    }

    /// <summary>Inside the gate: what the frame means for its call.</summary>
    private Answer Note(Frame frame)
    {
        var fields = frame.Fields;
        long itemId = fields.ReadInt64();
        if (!Held.TryFind(itemId, out var call)) throw new InvalidFrameException($"A {frame.Type} frame came for item {itemId}, which this worker does not have.");
        var expected = frame.Type is FrameType.Started or FrameType.Returned ? CallState.Sent : CallState.Started;
        if (call.State != expected) throw new InvalidFrameException($"A {frame.Type} frame came for item {itemId}, which is {call.State}.");
        switch (frame.Type)
        {
            case FrameType.Started:
                NoteStarted(call);
                break;
            case FrameType.Result or FrameType.Error:
                NoteEnded(call, frame.Body.Length);
                break;
            case FrameType.Returned:
                Held.Remove(call);
                _queue.PutBack(call);
                break;
            default:
                throw new InvalidFrameException($"A parent does not take {frame.Type} frames.");
        }

        return new(frame.Type, call, call.IsCancelled, frame.Body[fields.Position..]);
    }

    private void NoteStarted(ProcessCall call)
    {
        call.State = CallState.Started;
        call.IsRecalled = false;
        call.StartedAt = _now;
        OnBegun();
        if (_hasWorked) return;
        _queue.OnProgress();
        _hasWorked = true;
    }

    private void NoteEnded(ProcessCall call, int length)
    {
        call.State = CallState.Done;
        Held.Remove(call);
        if (_stopping == call) EndStopping();

        // What is sent ahead of large messages would wait in memory.
        long duration = _now - call.StartedAt;
        if (length > LargeMessage || _isLarge) _duration = Unknown;
        else if (_duration == Unknown) _duration = duration;

        // Down fast, up slowly: the first items of a function take long in a new worker.
        else _duration += duration < _duration ? (duration - _duration) / 2 : (duration - _duration) / 8;
    }

    /// <summary>Outside the gate: the item hears of it.</summary>
    private void Tell(Answer answer)
    {
        var item = answer.Call.Item;
        switch (answer.Type)
        {
            case FrameType.Started:
                item.MarkStarted(Lane);
                if (answer.IsCancelled) StopCall(answer.Call);
                break;
            case FrameType.Result:
                OnCallEnded();
                item.Complete(new ReadOnlySequence<byte>(answer.Body));
                _queue.Leave();
                break;
            case FrameType.Error:
                OnCallEnded();
                EndFailed(answer.Call, ReadError(answer));
                break;
            default:
                WakeIdle();
                break;
        }
    }

    private Exception ReadError(Answer answer)
    {
        try
        {
            var fields = new FieldReader(answer.Body.Span);
            return RemoteError.Read(ref fields, Origin, answer.Call.Item.CancellationToken);
        }
        catch (InvalidFrameException exception)
        {
            // The call has ended, so it is told so; the worker is not to be trusted with another.
            _process!.Kill();
            return Lost($"Worker {Lane} broke the protocol when it told how '{answer.Call.Item.Name}' failed: {exception.Message}", default);
        }
    }

    private void WakeIdle()
    {
        while (_queue.TryClaim(out var idle)) idle!.Wake();
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

    private void EndFailed(ProcessCall call, Exception error)
    {
        // In the caller's context: another attempt, if there is one, is submitted from here and takes its trace along.
        if (call.Item.Flow is { } flow) System.Threading.ExecutionContext.Run(flow, static state => ((Failure)state!).Tell(), new Failure(call.Item, error));
        else call.Item.Fail(error);
        _queue.Leave();
    }

    private readonly record struct Answer(FrameType Type, ProcessCall Call, bool IsCancelled, ReadOnlyMemory<byte> Body);

    private sealed record Failure(WorkItem Item, Exception Error)
    {
        internal void Tell() => Item.Fail(Error);
    }
}
