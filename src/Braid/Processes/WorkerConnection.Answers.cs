using System.Buffers;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>What a worker says, and what it means for its calls.</summary>
/// <remarks>
/// Read by the connection's own thread; through shared memory also by any thread that waits for an item and looks here meanwhile, one at a
/// time.
/// </remarks>
internal sealed partial class WorkerConnection
{
    // How many answers are taken in one hold of the queue's gate.
    private const int MostAnswers = 64;

    // Held by who reads from shared memory.
    private readonly Lock _readGate = new();

    // Who reads: what one hold of the queue's gate has found, and when.
    private readonly Answer[] _answers = new Answer[MostAnswers];
    private int _answerCount;
    private long _now;
    private InvalidFrameException? _broken;

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

    private void ReadSocket()
    {
        while (_reader.TryRead(out var frame))
        {
            Take(frame);
            if (!_reader.HasFrame) Refill();
        }
    }

    private void ReadShared()
    {
        while (_shared!.WaitForBytes())
        {
            lock (_readGate)
            {
                if (_broken is not null) throw _broken;
                TakeAll();
            }

            Refill();
        }

        lock (_readGate)
        {
            if (_broken is not null) throw _broken;
        }
    }

    private void TakeAll()
    {
        try
        {
            while (HasWhole(out _) && _reader.TryRead(out var frame)) Take(frame);
        }
        catch (InvalidFrameException exception)
        {
            // Nobody who looks may read on.
            _broken = exception;
            throw;
        }
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
                    var answer = Note(frame);
                    _answers[_answerCount++] = answer;
                }
                while (_answerCount < MostAnswers && _reader.HasFrame && _reader.TryRead(out frame));
            }
        }
        finally
        {
            // Also when a frame is broken: what came before it is good. The bodies lie in the reader's buffer, which stays as it is until the
            // next read that waits.
            for (int i = 0; i < _answerCount; i++) Tell(_answers[i]);
            Array.Clear(_answers, 0, _answerCount);
            _answerCount = 0;
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
                NoteEnded(call, isLarge: frame.Body.Length > LargeMessage);
                break;
            case FrameType.CostlyEncoding:
                var cost = fields;
                cost.ReadInt64();
                cost.ReadInt64();
                break;
            case FrameType.LargeResult:
                NoteEnded(call, isLarge: true);
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

    private void NoteEnded(ProcessCall call, bool isLarge)
    {
        call.State = CallState.Done;
        Held.Remove(call);
        if (_stopping == call) EndStopping();

        // What is sent ahead of large messages would wait in memory.
        long duration = _now - call.StartedAt;
        if (isLarge || _isLarge) _duration = Unknown;
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
                _executor.PeakWatch.OnBusy();
                item.MarkStarted(Lane);
                if (answer.IsCancelled) StopCall(answer.Call);
                break;
            case FrameType.Result:
                OnCallEnded();
                item.Complete(new ReadOnlySequence<byte>(answer.Body));
                _queue.Leave();
                break;
            case FrameType.LargeResult:
                OnCallEnded();
                CompleteLarge(answer);
                break;
            case FrameType.CostlyEncoding:
                ReadCost(answer);
                break;
            case FrameType.Error:
                OnCallEnded();
                EndRaised(answer.Call, ReadError(answer));
                break;
            default:
                WakeIdle();
                break;
        }
    }

    private void CompleteLarge(Answer answer)
    {
        try
        {
            if (_shared is null) throw new InvalidFrameException("A large result came, and there is no shared memory.");
            var place = new FieldReader(answer.Body.Span);
            answer.Call.Item.Complete(new ReadOnlySequence<byte>(_shared.PayloadReader.Find(ref place)));
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

    private readonly record struct Answer(FrameType Type, ProcessCall Call, bool IsCancelled, ReadOnlyMemory<byte> Body);
}
