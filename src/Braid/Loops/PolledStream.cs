namespace Braid.Loops;

/// <summary>Bytes that come in, go out, or both, at a descriptor that a poller watches. The loop's thread only.</summary>
internal abstract class PolledStream
{
    /// <summary>A receive has been started whose result has not been taken.</summary>
    public abstract bool IsReceiving { get; }

    /// <summary>A send has been started whose result has not been taken.</summary>
    public abstract bool IsSending { get; }

    public abstract bool IsClosed { get; }

    /// <summary>Receives what there is, at least one byte; 0: the peer has ended. An empty buffer waits until there is something.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all of it.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>If the receive that was just started fails, it does so as a stream's does: with an IOException.</summary>
    public abstract void FailReceiveAsStream();

    /// <summary>The same for the send.</summary>
    public abstract void FailSendAsStream();

    /// <summary>Closes it; what is pending fails. Any number of times.</summary>
    public abstract void Close();
}
