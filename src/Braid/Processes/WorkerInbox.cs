using System.Diagnostics.CodeAnalysis;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>In a worker: the calls that came and wait for the main thread, and the one that runs.</summary>
internal sealed class WorkerInbox
{
    // How long the main thread looks for the next call before it sleeps, in rounds of about 0.1 µs: a wake-up costs 10 µs or more, and a
    // parent that sends one small item after another has the next one here by then.
    private const int Spins = 50;

    // Guards everything below. A monitor, because the main thread waits on it.
    private readonly object _gate = new();
    private readonly Queue<InboxCall> _calls = new();
    private InboxCall? _running;
    private volatile int _count;
    private bool _isClosed;

    internal void Add(InboxCall call)
    {
        lock (_gate)
        {
            _calls.Enqueue(call);
            _count = _calls.Count;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Nothing more will come: <see cref="TryWait"/> gives what is here and then ends.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>The next call if there is one now. From then on it runs and cannot be recalled.</summary>
    internal bool TryTake([NotNullWhen(true)] out InboxCall? call)
    {
        lock (_gate)
        {
            while (_calls.TryDequeue(out call))
            {
                _count = _calls.Count;
                if (call.IsRecalled) continue;
                _running = call;
                return true;
            }

            return false;
        }
    }

    /// <summary>Waits until there is a call to take; false: there will be none.</summary>
    internal bool TryWait()
    {
        for (int i = 0; i < Spins && _count == 0; i++) Thread.SpinWait(2);
        lock (_gate)
        {
            while (_calls.Count == 0 && !_isClosed) Monitor.Wait(_gate);
            return _calls.Count > 0;
        }
    }

    /// <summary>Takes a call back that has not begun. True: it never will.</summary>
    internal bool TryRecall(long itemId)
    {
        lock (_gate)
        {
            foreach (var call in _calls)
            {
                if (call.ItemId != itemId || call.IsRecalled) continue;
                call.IsRecalled = true;
                return true;
            }

            return false;
        }
    }

    /// <summary>Cancels the token of the call, if it is the one that runs.</summary>
    internal void Cancel(long itemId)
    {
        lock (_gate)
        {
            // Not here and now: what the work registered with its token is the work's code and must not hold up the connection.
            if (_running?.ItemId == itemId) _ = _running.Stop.CancelAsync();
        }
    }
}

/// <summary>One call as a worker has it.</summary>
internal sealed class InboxCall
{
    internal required long ItemId { get; init; }

    internal required int Function { get; init; }

    internal required string? TraceParent { get; init; }

    internal required string? TraceState { get; init; }

    internal required ReadOnlyMemory<byte> Argument { get; init; }

    internal bool IsRecalled { get; set; }

    internal CancellationTokenSource Stop { get; } = new();

    internal static InboxCall Read(Frame frame)
    {
        var body = frame.KeepBody();
        var fields = new FieldReader(body.Span);
        return new()
        {
            ItemId = fields.ReadInt64(),
            Function = fields.ReadInt32(),
            TraceParent = fields.ReadOptionalText(),
            TraceState = fields.ReadOptionalText(),
            Argument = body[fields.Position..],
        };
    }
}
