using System.Diagnostics.CodeAnalysis;
using Braid.Items;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>In a worker: what the parent says, the calls that wait for the main thread, and the one that runs.</summary>
/// <remarks>
/// Two threads read. Through shared memory the main thread reads calls by itself, and the control thread reads only while work runs and the
/// parent rings for it. Over a socket the control thread reads everything.
/// </remarks>
/// <param name="reader">The connection's frames; guarded by the gate if they come through shared memory.</param>
/// <param name="shared">The shared memory, if that is what carries the frames.</param>
/// <param name="functions">Gets the definitions.</param>
/// <param name="giveBack">Called with a call that was recalled and will not run.</param>
internal sealed class WorkerInbox(FrameReader reader, SharedMemoryStream? shared, FunctionTable functions, Action<long> giveBack)
{
    // Guards everything below. A monitor, because the main thread waits on it.
    private readonly object _gate = new();
    private readonly Queue<InboxCall> _calls = new();

    // For calls that the main thread reads by itself: one at a time, so one object will do.
    private readonly InboxCall _own = new();
    private InboxCall? _running;
    private volatile int _count;
    private SpinBudget _spins = new();
    private bool _isClosed;

    // The main thread does not read: it runs work, or waits until the parent has room for its answers.
    private bool _isAway;
    private bool _isRung;

    /// <summary>The next call if there is one now. From then on it runs and cannot be recalled. Valid until the next one is taken.</summary>
    internal bool TryTake([NotNullWhen(true)] out InboxCall? call)
    {
        lock (_gate)
        {
            do _calls.TryDequeue(out call);
            while (call is { IsRecalled: true });
            _count = _calls.Count;
            _running = call ??= TryReadCall();
            _isAway = true;
            if (_isRung) ReadAll();
            return call is not null;
        }
    }

    /// <summary>Waits until there may be a call to take; false: there will be none.</summary>
    internal bool TryWait()
    {
        if (shared is not null)
        {
            lock (_gate)
            {
                // What the control thread has read meanwhile. From here on nobody else reads.
                _isAway = false;
                if (_calls.Count > 0 || _isClosed) return _calls.Count > 0;
            }

            return shared.WaitForBytes();
        }

        int rounds = _spins.Rounds;
        for (int round = 0; round < rounds && _count == 0; round++) SpinBudget.Pause(round);
        _spins.Learn(_count > 0);
        lock (_gate)
        {
            while (_calls.Count == 0 && !_isClosed) Monitor.Wait(_gate);
            return _calls.Count > 0;
        }
    }

    /// <summary>The control thread of a socket: takes a frame.</summary>
    internal void Take(Frame frame)
    {
        lock (_gate)
        {
            TakeGuarded(frame);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// The control thread beside shared memory: what has come while the main thread is away is read, for there may be something about what runs, and
    /// so that the parent can go on writing; it may be what has to read the answers that the main thread waits to write.
    /// </summary>
    internal void TakeAll()
    {
        lock (_gate)
        {
            // The main thread reads. If it finds a call first, what the parent rang for may lie behind it.
            if (_isAway) ReadAll();
            else _isRung = true;
        }
    }

    private bool HasFrame => reader.HasFrame || shared is { HasBytes: true };

    private void ReadAll()
    {
        _isRung = false;
        while (HasFrame && reader.TryRead(out var frame)) TakeGuarded(frame);
    }

    private InboxCall? TryReadCall()
    {
        if (shared is null) return null;
        while (HasFrame && reader.TryRead(out var frame))
        {
            if (frame.Type is FrameType.Call or FrameType.LargeCall)
            {
                _own.Read(frame);
                return _own;
            }

            TakeGuarded(frame);
        }

        return null;
    }

    private void TakeGuarded(Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Define:
                Define(frame.Fields);
                break;
            case FrameType.Call or FrameType.LargeCall:
                var call = new InboxCall();
                call.Read(frame);
                _calls.Enqueue(call);
                _count = _calls.Count;
                break;
            case FrameType.Cancel:
                long cancelled = frame.Fields.ReadInt64();
                if (_running?.ItemId == cancelled) _running.Cancel();
                break;
            case FrameType.Recall:
                Recall(frame.Fields.ReadInt64());
                break;
            case FrameType.Constant:
                ConstantTable.Define(frame);
                break;
            case FrameType.Forget:
                ConstantTable.Forget(frame.Fields.ReadInt64());
                break;
            case FrameType.Goodbye:
                _isClosed = true;
                break;
            default:
                throw new InvalidFrameException($"A worker does not take {frame.Type} frames.");
        }
    }

    private void Define(FieldReader fields)
    {
        int number = fields.ReadInt32();
        var id = FunctionId.Read(ref fields);
        fields.ExpectEnd();
        functions.Define(number, id);
    }

    private void Recall(long itemId)
    {
        foreach (var call in _calls)
        {
            if (call.ItemId != itemId || call.IsRecalled) continue;
            call.IsRecalled = true;
            if (call.IsLarge) shared?.PayloadReader.LetGo();
            giveBack(itemId);
            return;
        }
    }
}
