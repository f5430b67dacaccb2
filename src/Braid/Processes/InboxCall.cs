using Braid.Wire;

namespace Braid.Processes;

/// <summary>One call as a worker has it.</summary>
internal sealed class InboxCall
{
    // Guards _stop and _isCancelled.
    private readonly Lock _gate = new();
    private byte[] _own = [];
    private CancellationTokenSource? _stop;
    private bool _isCancelled;

    internal long ItemId { get; private set; }

    internal int Function { get; private set; }

    internal string? TraceParent { get; private set; }

    internal string? TraceState { get; private set; }

    /// <summary>The encoded argument, or where it lies.</summary>
    internal ReadOnlyMemory<byte> Argument { get; private set; }

    /// <summary>True if the argument lies in shared memory.</summary>
    internal bool IsLarge { get; private set; }

    internal bool IsRecalled { get; set; }

    /// <summary>Becomes the call that the frame says. What was here before is forgotten.</summary>
    internal void Read(Frame frame)
    {
        var body = frame.IsOwn ? frame.Body : Copy(frame.Body.Span);
        var fields = new FieldReader(body.Span);
        ItemId = fields.ReadInt64();
        Function = fields.ReadInt32();
        TraceParent = fields.ReadOptionalText();
        TraceState = fields.ReadOptionalText();
        Argument = body[fields.Position..];
        IsLarge = frame.Type == FrameType.LargeCall;
        IsRecalled = false;
        if (_stop is null && !_isCancelled) return;

        // Never the token of another item: what that one's work registered may still be there.
        lock (_gate) (_stop, _isCancelled) = (null, false);
    }

    /// <summary>The token of this call's work; made when it is asked for, since most works take none.</summary>
    internal CancellationToken MakeToken()
    {
        lock (_gate)
        {
            _stop ??= new();
            if (_isCancelled) _stop.Cancel();
            return _stop.Token;
        }
    }

    /// <summary>Asks the work to stop.</summary>
    internal void Cancel()
    {
        lock (_gate)
        {
            _isCancelled = true;

            // Not here and now: what the work registered with its token is the work's code and must not hold up the connection.
            _ = _stop?.CancelAsync();
        }
    }

    private ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> body)
    {
        if (_own.Length < body.Length) _own = new byte[Math.Max(body.Length, 2 * _own.Length)];
        body.CopyTo(_own);
        return _own.AsMemory(0, body.Length);
    }
}
