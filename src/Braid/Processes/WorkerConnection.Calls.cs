using System.Buffers;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>The calls of one worker: sending them, taking its answers, stopping the one that runs.</summary>
internal sealed partial class WorkerConnection
{
    // How many calls a worker may have at hand while items are quick: enough to share a write, few enough to be recalled cheaply.
    private const int MostAhead = 32;

    // Below this an item is quick: waiting for the next call would take longer than a tenth of it.
    private static readonly TimeSpan QuickItem = TimeSpan.FromMilliseconds(1);

    // Calls and answers above this are not sent ahead, and not by the thread that submits: a socket takes about 200 KB before it makes the sender wait.
    private const int LargeMessage = 64 * 1024;

    // Guards _frames, _functions and the order in which frames are added: a function's definition goes before its first call.
    private readonly Lock _sendGate = new();
    private readonly Dictionary<FunctionId, int> _functions = [];
    private FrameBuffer _frames = new();
    private FunctionId? _lastFunction;
    private int _lastNumber;
    private volatile bool _isLarge;

    // Guarded by the queue's gate, as are the properties below.
    private ProcessCall? _stopping;
    private ITimer? _killTimer;
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
        var calls = new List<ProcessCall>();
        var ended = new List<(ProcessCall Call, Exception? Reason)>();
        do
        {
            calls.Clear();
            ended.Clear();
            SendNext(calls, ended);
            foreach (var (call, reason) in ended) EndCall(call, reason);
        }
        while (ended.Count > 0);
        if (mayWait || !_isLarge) _writer.Flush();
        else _writer.FlushElsewhere();
    }

    private void SendNext(List<ProcessCall> calls, List<(ProcessCall, Exception?)> ended)
    {
        (WorkerConnection Victim, ProcessCall[] Calls)? recall;
        lock (_sendGate)
        {
            var dropped = new List<ProcessCall>();
            recall = _queue.Take(this, calls, dropped);
            foreach (var call in dropped) ended.Add((call, null));
            foreach (var call in calls)
            {
                if (TryWrite(call) is { } reason) ended.Add((call, reason));
            }

            if (!_frames.IsEmpty) _frames = _writer.Add(_frames);
        }

        if (recall is { } back) back.Victim.Recall(back.Calls);
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
                EndFailed(failed, error);
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
        while (_queue.TryClaim(out var idle)) idle!.Wake();
    }

    /// <summary>Asks for calls back that it has not begun. From any thread.</summary>
    private void Recall(ProcessCall[] calls)
    {
        foreach (var call in calls) _writer.Add(FrameType.Recall, call.Item.Id);
        _writer.FlushElsewhere();
    }

    private static void OnCancelled(ProcessCall call)
    {
        bool isStarted;
        lock (call.Worker!._queue.Gate)
        {
            if (call.State is CallState.Waiting or CallState.Done) return;
            call.IsCancelled = true;
            isStarted = call.State == CallState.Started;
        }

        if (isStarted) call.Worker.StopCall(call);
        else ThreadPool.UnsafeQueueUserWorkItem(static call => call.Worker!.DropCall(call), call, preferLocal: false);
    }

    /// <summary>A call that nobody wants any more and that has not begun, as far as is known: its item ends now, the worker shall leave it.</summary>
    private void DropCall(ProcessCall call)
    {
        call.Item.CancelIfWaiting();

        // The gate: the cancellation may have come while the call was being written, and must not overtake it.
        lock (_sendGate) _writer.Add(FrameType.Recall, call.Item.Id);
        _writer.Flush();
    }

    /// <summary>Asks the work that runs to stop, and kills the worker if it has not after <see cref="ProcessOptions.KillAfter"/>.</summary>
    private void StopCall(ProcessCall call)
    {
        long[] unbegun;
        lock (_queue.Gate)
        {
            if (call.State != CallState.Started || _stopping is not null || _isClosed) return;
            _stopping = call;
            unbegun = [.. Held.Where(c => c.State == CallState.Sent).Select(c => c.Item.Id)];
            _killTimer = _executor.TimeProvider.CreateTimer(static state => KillFor((ProcessCall)state!), call, _executor.Options.KillAfter, Timeout.InfiniteTimeSpan);
        }

        // First those behind it: none of them may begin in a worker that is about to be killed.
        foreach (long itemId in unbegun) _writer.Add(FrameType.Recall, itemId);
        _writer.Add(FrameType.Cancel, call.Item.Id);
        _writer.FlushElsewhere();
    }

    private static void KillFor(ProcessCall call)
    {
        var worker = call.Worker!;
        lock (worker._queue.Gate)
        {
            if (worker._stopping != call) return;
            worker._isClosed = true;
        }

        worker.Kill();
    }

    private void EndStopping()
    {
        _stopping = null;
        _killTimer?.Dispose();
        _killTimer = null;
    }

    /// <summary>From here on the worker is given nothing.</summary>
    private void CloseCalls()
    {
        lock (_sendGate)
        {
            lock (_queue.Gate)
            {
                _isClosed = true;
                EndStopping();
            }
        }
    }

    /// <summary>The worker is gone: what it had begun has failed, and nothing else has.</summary>
    private void FailStarted(string reason, WorkerExit exit)
    {
        List<ProcessCall> started;
        lock (_queue.Gate)
        {
            started = Held.FindAll(c => c.State == CallState.Started);
            foreach (var call in started)
            {
                call.State = CallState.Done;
                Held.Remove(call);
            }
        }

        foreach (var call in started)
        {
            call.Registration.Unregister();
            EndFailed(call, call.IsCancelled
                ? new OperationCanceledException(call.Item.CancellationToken)
                : Lost($"Worker {Lane} (process {_process!.Id}) ended while it ran '{call.Item.Name}' ({ArgumentText(call.Item)}): {reason}.", exit));
        }
    }

    private static string ArgumentText(WorkItem item)
    {
        try
        {
            return item.ArgumentText;
        }
        catch (Exception exception)
        {
            // The argument's own ToString.
            return $"its text cannot be made: {exception.GetType().Name}";
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
