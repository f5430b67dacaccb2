using System.IO.Pipelines;

namespace Braid.AspNetCore.Transport;

/// <summary>What a connection has received. A read from elsewhere goes on on the loop, even if there is something to read already.</summary>
/// <remarks>Kestrel begins each connection on the thread pool. Its first read brings it to the loop, and there it stays.</remarks>
internal sealed class LoopPipeReader(EventLoop loop, PipeReader inner) : PipeReader
{
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        loop.IsCurrentThread ? inner.ReadAsync(cancellationToken) : ReadOnLoopAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async ValueTask<ReadResult> ReadOnLoopAsync(CancellationToken cancellationToken)
    {
        await new LoopSwitch(loop);
        return await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
    }
}
