using System.Buffers;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>The calls of one worker: sending them, and what its answers mean.</summary>
internal sealed partial class WorkerConnection
{
    // How many calls a worker may have at hand while items are quick: enough to share a write, few enough to be recalled cheaply.
    private const int MostAhead = 32;

    // Below this an item is quick: waiting for the next call would take longer than a tenth of it.
    private static readonly TimeSpan QuickItem = TimeSpan.FromMilliseconds(1);

    // Calls and answers above this are not sent ahead, and not by the thread that submits: a socket takes about 200 KB before it makes the sender wait.
    private const int LargeMessage = 64 * 1024;

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
    private bool _isQuick;
    private volatile bool _hasWorked;

    /// <summary>The calls that it was given and that have not ended, in the order in which it runs them.</summary>
    internal List<ProcessCall> Held { get; } = [];

    internal bool IsReady { get; set; }

    internal bool IsIdle { get; set; }

    /// <summary>False while an item is being stopped, which may cost the worker its life, and at its end.</summary>
    internal bool MayTake => IsReady && !_isClosed && _stopping is null;

    internal int Depth => _isQuick ? MostAhead : 1;

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
            var recall = AddNext(out var ended);
            if (recall is { } back) back.Victim.Recall(back.Calls);
            if (ended is null) break;

            // Outside the gates: what waits for these items may give us others at once. They left a place, so once more.
            foreach (var (call, reason) in ended) EndCall(call, reason);
        }

        if (mayWait || !_isLarge) _writer.Flush();
        else _writer.FlushElsewhere();
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
        if (call.Item.CancellationToken.CanBeCanceled)
            call.Registration = call.Item.CancellationToken.UnsafeRegister(static state => OnCancelled((ProcessCall)state!), call);
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

    private void Take(Frame frame)
    {
        var fields = frame.Fields;
        switch (frame.Type)
        {
            case FrameType.Started:
                OnStarted(fields.ReadInt64());
                break;
            case FrameType.Result:
                var done = OnEnded(fields.ReadInt64(), frame.Body.Length);
                done.Item.Complete(new ReadOnlySequence<byte>(frame.Body[fields.Position..]));
                _queue.Leave();
                break;
            case FrameType.Error:
                var failed = OnEnded(fields.ReadInt64(), frame.Body.Length);
                var error = RemoteError.Read(ref fields, Origin, failed.Item.CancellationToken);
                EndRaised(failed, error);
                break;
            case FrameType.Returned:
                OnReturned(fields.ReadInt64());
                break;
            default:
                throw new InvalidFrameException($"A parent does not take {frame.Type} frames.");
        }
    }

    private void OnStarted(long itemId)
    {
        ProcessCall call;
        bool isCancelled;
        lock (_queue.Gate)
        {
            call = Find(itemId, CallState.Sent);
            call.State = CallState.Started;
            call.IsRecalled = false;
            call.StartedAt = _executor.TimeProvider.GetTimestamp();
            isCancelled = call.IsCancelled;
            if (!_hasWorked) _queue.OnProgress();
            _hasWorked = true;
        }

        _executor.PeakWatch.OnBusy();
        call.Item.MarkStarted(Lane);
        if (isCancelled) StopCall(call);
    }

    private ProcessCall OnEnded(long itemId, int length)
    {
        ProcessCall call;
        lock (_queue.Gate)
        {
            call = Find(itemId, CallState.Started);
            call.State = CallState.Done;
            Held.Remove(call);
            _isQuick = length <= LargeMessage && !_isLarge && _executor.TimeProvider.GetElapsedTime(call.StartedAt) < QuickItem;
            if (_stopping == call) EndStopping();
        }

        call.Registration.Unregister();
        return call;
    }

    private void OnReturned(long itemId)
    {
        lock (_queue.Gate)
        {
            var call = Find(itemId, CallState.Sent);
            Held.Remove(call);
            _queue.PutBack(call);
        }

        WakeIdle();
    }

    private ProcessCall Find(long itemId, CallState state)
    {
        foreach (var call in Held)
        {
            if (call.Item.Id != itemId) continue;
            if (call.State == state) return call;
            break;
        }

        throw new InvalidFrameException($"There is no {state} item {itemId}.");
    }

    private void WakeIdle()
    {
        EndReturned();
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

        call.Registration.Unregister();
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

    private sealed record Failure(WorkItem Item, Exception Error)
    {
        internal void Tell() => Item.Fail(Error);
    }
}
