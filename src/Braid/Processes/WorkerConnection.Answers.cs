using Braid.Wire;

namespace Braid.Processes;

/// <summary>What a worker says, and what it means for its calls.</summary>
internal sealed partial class WorkerConnection
{
    // How many answers are taken in one hold of the queue's gate.
    private const int MostAnswers = 64;

    // Who reads: what one hold of the queue's gate has found, and when.
    private readonly Answer[] _answers = new Answer[MostAnswers];
    private int _answerCount;
    private long _now;

    // When the worker last began or ended an item, or was there.
    private long _lastAt;

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
                    Note(frame, ref _answers[_answerCount]);
                    _answerCount++;
                }
                while (_answerCount < MostAnswers && _reader.HasFrame && _reader.TryRead(out frame));
            }
        }
        finally
        {
            // Also when a frame is broken: what came before it is good. The bodies lie in the reader's buffer, which stays as it is until the
            // next read that waits.
            int results = 0;
            for (int i = 0; i < _answerCount; i++)
            {
                if (_answers[i].Type == FrameType.Result) results++;
                Tell(in _answers[i]);
            }

            if (results > 0) _queue.Leave(results);
            Array.Clear(_answers, 0, _answerCount);
            _answerCount = 0;
        }
    }

    /// <summary>Inside the gate: what the frame means for its call.</summary>
    private void Note(in Frame frame, ref Answer answer)
    {
        var fields = frame.Fields;
        long itemId = fields.ReadInt64();
        var call = Find(itemId, frame.Type, frame.Type is FrameType.Started or FrameType.Returned ? CallState.Sent : CallState.Started);
        ProcessCall? begun = null;
        long at = 0;
        switch (frame.Type)
        {
            case FrameType.Started:
                at = ReadTime(ref fields);
                NoteStarted(begun = call, at);
                break;
            case FrameType.Result or FrameType.Error or FrameType.LargeResult:
                // First everything that may be wrong: a call that has ended is told so.
                long next = fields.ReadInt64();
                if (next != Frame.NoItem) begun = Find(next, FrameType.Started, CallState.Sent);
                at = ReadTime(ref fields);
                NoteEnded(call, at, isLarge: frame.Type == FrameType.LargeResult || frame.Body.Length > LargeMessage);
                if (begun is not null) NoteStarted(begun, at);
                break;
            case FrameType.CostlyEncoding:
                var cost = fields;
                cost.ReadInt64();
                cost.ReadInt64();
                break;
            case FrameType.Returned:
                Held.Remove(call);
                _queue.PutBack(call);
                break;
            default:
                throw new InvalidFrameException($"A parent does not take {frame.Type} frames.");
        }

        answer.Type = frame.Type;
        answer.Call = call;
        answer.Body = frame.Body[fields.Position..];
        answer.At = at;
        answer.Begun = begun;
        answer.MustStop = begun is { IsCancelled: true };
    }

    /// <summary>When the worker says that it happened, or the nearest moment that can be. 0: the executor has a clock of its own, which says.</summary>
    private long ReadTime(ref FieldReader fields)
    {
        long at = SharedClock.ToTimestamp(fields.ReadInt64());
        if (_executor.TimeProvider != TimeProvider.System) return 0;
        return _lastAt = Math.Clamp(at, _lastAt, Math.Max(_lastAt, _now));
    }

    private ProcessCall Find(long itemId, FrameType type, CallState expected)
    {
        if (!Held.TryFind(itemId, out var call)) throw new InvalidFrameException($"A {type} frame came for item {itemId}, which this worker does not have.");
        return call.State == expected ? call : throw new InvalidFrameException($"A {type} frame came for item {itemId}, which is {call.State}.");
    }

    private void NoteStarted(ProcessCall call, long at)
    {
        call.State = CallState.Started;
        call.IsRecalled = false;
        call.StartedAt = at == 0 ? _now : at;
        OnBegun();
        if (_hasWorked) return;
        _queue.OnProgress();
        _hasWorked = true;
    }

    private void NoteEnded(ProcessCall call, long at, bool isLarge)
    {
        call.State = CallState.Done;
        Held.Remove(call);
        if (_stopping == call) EndStopping();

        // What is sent ahead of large messages would wait in memory.
        long duration = (at == 0 ? _now : at) - call.StartedAt;
        if (isLarge || _isLarge) _duration = Unknown;
        else if (_duration == Unknown) _duration = duration;

        // Down fast, up slowly: the first items of a function take long in a new worker.
        else _duration += duration < _duration ? (duration - _duration) / 2 : (duration - _duration) / 8;
    }

    /// <summary>Outside the gate: the items hear of it. Who reads a Result lets its call leave, with the others.</summary>
    private void Tell(in Answer answer)
    {
        switch (answer.Type)
        {
            case FrameType.Result:
                OnCallEnded();
                answer.Call.Item.Complete(answer.Body.Span, answer.At);
                break;
            case FrameType.LargeResult:
                OnCallEnded();
                CompleteLarge(answer);
                break;
            case FrameType.Error:
                OnCallEnded();
                EndRaised(answer.Call, ReadError(answer), answer.At);
                break;
            case FrameType.CostlyEncoding:
                ReadCost(answer);
                break;
            case FrameType.Returned:
                WakeIdle();
                break;
        }

        if (answer.Begun is not { } begun) return;
        _executor.PeakWatch.OnBusy();
        begun.Item.MarkStarted(Lane, answer.At);
        if (answer.MustStop) StopCall(begun);
    }

    private void CompleteLarge(Answer answer)
    {
        try
        {
            if (_shared is null) throw new InvalidFrameException("A large result came, and there is no shared memory.");
            var place = new FieldReader(answer.Body.Span);
            answer.Call.Item.Complete(_shared.PayloadReader.Find(ref place).Span, answer.At);
            _shared.PayloadReader.LetGo();
        }
        catch (InvalidFrameException exception)
        {
            EndFailed(answer.Call, Untrusted(answer.Call.Item, exception));
            return;
        }

        _queue.Leave();
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
            return Untrusted(answer.Call.Item, exception);
        }
    }

    private void ReadCost(Answer answer)
    {
        var fields = new FieldReader(answer.Body.Span);
        _executor.WarnOfEncoding(answer.Call.Item, Lane, new(fields.ReadInt64()), new(fields.ReadInt64()));
    }

    /// <summary>The call has ended, so it is told so; the worker is not to be trusted with another.</summary>
    private WorkerLostException Untrusted(WorkItem item, InvalidFrameException exception)
    {
        _process!.Kill();
        return new WorkerLoss(Lane, _process, default, $"it broke the protocol when it told how the item ended ({exception.Message})").While(item);
    }

    /// <summary>What a frame means. Filled where it lies: tiny items notice a copy of its references.</summary>
    private struct Answer
    {
        /// <summary>The frame's.</summary>
        internal FrameType Type { get; set; }

        /// <summary>What it is about.</summary>
        internal ProcessCall Call { get; set; }

        /// <summary>Its fields after the items' numbers and the time.</summary>
        internal ReadOnlyMemory<byte> Body { get; set; }

        /// <summary>When it was; 0 for a frame that does not say.</summary>
        internal long At { get; set; }

        /// <summary>The call that the worker begins now; null: none.</summary>
        internal ProcessCall? Begun { get; set; }

        /// <summary>That call was cancelled before anybody knew that it had begun.</summary>
        internal bool MustStop { get; set; }
    }
}
