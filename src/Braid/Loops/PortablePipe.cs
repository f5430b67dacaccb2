namespace Braid.Loops;

/// <summary>This program's end of a pipe, by way of .NET's stream. Mirrors EpollPipe.</summary>
internal sealed class PortablePipe(EventLoop loop, Stream pipe) : PolledStream
{
    private readonly PortableOperation<int> _receive = new(loop, "a read");
    private readonly PortableOperation<int> _send = new(loop, "a write");
    private readonly byte[] _first = new byte[1];
    private bool _hasFirst;
    private bool _closed;

    public override bool IsReceiving => _receive.IsBusy;

    public override bool IsSending => _send.IsBusy;

    public override bool IsClosed => _closed;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty) return _receive.Follow(LookAsync(cancellationToken));
        return _receive.Follow(_hasFirst ? ValueTask.FromResult(TakeFirst(buffer.Span)) : pipe.ReadAsync(buffer, cancellationToken));
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
        _send.FollowVoid(SendCoreAsync(buffer, cancellationToken));

    public override void FailReceiveAsStream() => _receive.FailAsStream();

    public override void FailSendAsStream() => _send.FailAsStream();

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        _receive.MarkClosed();
        _send.MarkClosed();
        pipe.Dispose();
    }

    /// <summary>Closes it, and fails what is pending at once: the loop ends.</summary>
    public void Abandon()
    {
        Close();
        _receive.Abandon();
        _send.Abandon();
    }

    // An empty buffer asks whether there is anything; .NET's pipes would answer 0 at once. A byte that has been read cannot be put back.
    private async ValueTask<int> LookAsync(CancellationToken cancellationToken)
    {
        if (!_hasFirst) _hasFirst = await pipe.ReadAsync(_first, cancellationToken).ConfigureAwait(false) > 0;
        return 0;
    }

    private int TakeFirst(Span<byte> buffer)
    {
        buffer[0] = _first[0];
        _hasFirst = false;
        return 1;
    }

    private async ValueTask<int> SendCoreAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        // The operation around this brings the caller back, so here it may go on where it likes.
        await pipe.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
