using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>An operation on memory that tries, and again each time something has changed. Mirrors EpollOperation.</summary>
internal abstract class MemoryOperation<TResult>(MemoryPoller poller) : LoopOperation<TResult>(poller.Loop)
{
    // One operation in so many that could complete at once waits a turn, as it would if the peer were a little slower.
    private const int LateOneIn = 4;

    protected Simulation Simulation => poller.Simulation;

    /// <summary>Tries. False: it has to wait. It sets either the result or the error.</summary>
    protected abstract bool Attempt(out TResult result, out SocketError error);

    /// <summary>Something has changed: it may succeed now.</summary>
    public void OnReady()
    {
        if (!IsPending || IsDeferred || !Attempt(out var result, out var error)) return;
        OnCancelled(); // lets go of the buffer
        if (error == SocketError.Success) Complete(result);
        else Fail(new SocketException((int)error));
    }

    protected ValueTask<TResult> Start(CancellationToken cancellationToken)
    {
        if (!Attempt(out var result, out var error))
        {
            Begin(cancellationToken);
            return ResultTask;
        }

        OnCancelled();
        if (error != SocketError.Success) return ValueTask.FromException<TResult>(new SocketException((int)error));
        if (Loop.MayCompleteInline && !Simulation.Random.OneIn(LateOneIn)) return new ValueTask<TResult>(result);
        CompleteNextTurn(result);
        return ResultTask;
    }
}

/// <summary>One receive.</summary>
internal sealed class MemoryReceive(MemoryPoller poller, MemoryPipe incoming) : MemoryOperation<int>(poller)
{
    private Memory<byte> _buffer;

    public override string What => "receive";

    public ValueTask<int> StartAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _buffer = buffer;
        return Start(cancellationToken);
    }

    protected override bool Attempt(out int result, out SocketError error)
    {
        error = SocketError.Success;
        result = incoming.Read(_buffer.Span);
        if (incoming.Available > 0 || result > 0 || incoming.HasEnded) return true;
        if (incoming.IsReset) error = SocketError.ConnectionReset;
        return incoming.IsReset;
    }

    protected override void OnCancelled() => _buffer = default;
}

/// <summary>One send.</summary>
internal sealed class MemorySend(MemoryPoller poller, MemoryPipe incoming, MemoryPipe outgoing) : MemoryOperation<int>(poller)
{
    private ReadOnlyMemory<byte> _left;

    public override string What => "send";

    public ValueTask StartAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        _left = buffer;
        return WithoutResult(Start(cancellationToken));
    }

    protected override bool Attempt(out int result, out SocketError error)
    {
        result = 0;
        error = incoming.IsReset ? SocketError.ConnectionReset : outgoing.IsEnded ? SocketError.Shutdown : SocketError.Success;
        if (error != SocketError.Success) return true;
        while (!_left.IsEmpty && outgoing.Write(_left.Span) is > 0 and int count) _left = _left[count..];
        return _left.IsEmpty;
    }

    protected override void OnCancelled() => _left = default;
}
