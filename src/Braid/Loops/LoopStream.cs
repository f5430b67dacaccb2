using System.Net.Sockets;

namespace Braid.Loops;

/// <summary>A socket or a pipe of a loop as a stream, for libraries: calls from other threads are carried to the loop.</summary>
internal sealed class LoopStream(EventLoop loop, PolledStream polled, FileAccess access) : Stream
{
    public override bool CanRead => access.HasFlag(FileAccess.Read) && !polled.IsClosed;

    public override bool CanWrite => access.HasFlag(FileAccess.Write) && !polled.IsClosed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException("What comes from elsewhere has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("What comes from elsewhere has no position.");
        set => throw new NotSupportedException("What comes from elsewhere has no position.");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!access.HasFlag(FileAccess.Read)) throw new NotSupportedException("This stream is for writing; what the program writes comes from its StandardOutput and StandardError.");
        return loop.IsCurrentThread ? Receive(buffer, cancellationToken) : CarryAsync(() => Receive(buffer, cancellationToken), cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!access.HasFlag(FileAccess.Write)) throw new NotSupportedException("This stream is for reading; what the program shall read goes to its StandardInput.");
        return loop.IsCurrentThread
            ? Send(buffer, cancellationToken)
            : new ValueTask(CarryAsync(() => SendAsync(buffer, cancellationToken), cancellationToken).AsTask());
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    // The base class would block a pool thread for these.
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override int Read(byte[] buffer, int offset, int count)
    {
        RefuseOnLoop("Read");
        return ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        RefuseOnLoop("Write");
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Nothing is held back, so there is nothing to flush.</summary>
    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("What comes from elsewhere cannot be sought in.");

    public override void SetLength(long value) => throw new NotSupportedException("What comes from elsewhere has no length.");

    public override async ValueTask DisposeAsync()
    {
        await LoopDisposal.CloseAsync(loop, polled, static stream => stream.Close()).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _ = LoopDisposal.CloseAsync(loop, polled, static stream => stream.Close()); // from elsewhere: soon
        base.Dispose(disposing);
    }

    private ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Check(polled.IsReceiving, "read");
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        var received = polled.ReceiveAsync(buffer, cancellationToken);
        if (polled.IsReceiving) polled.FailReceiveAsStream();
        else if (received.IsFaulted) return ValueTask.FromException<int>(StreamError(received.AsTask()));
        return received;
    }

    private ValueTask Send(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        Check(polled.IsSending, "write");
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var sent = polled.SendAsync(buffer, cancellationToken);
        if (polled.IsSending) polled.FailSendAsStream();
        else if (sent.IsFaulted) return ValueTask.FromException(StreamError(sent.AsTask()));
        return sent;
    }

    private async ValueTask<int> SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await Send(buffer, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private static Exception StreamError(Task failed) =>
        failed.Exception!.InnerException is SocketException cause ? SocketErrors.ForStream(cause) : failed.Exception.InnerException!;

    // The result is set on the loop without a context, so what follows in the library goes on there.
    private ValueTask<int> CarryAsync(Func<ValueTask<int>> operation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        var completion = new TaskCompletionSource<int>();
        if (!loop.TryPostLibrary(_ => Carry(operation, completion), null)) throw EventLoop.Ended();
        return new ValueTask<int>(completion.Task);
    }

    private static async void Carry(Func<ValueTask<int>> operation, TaskCompletionSource<int> completion)
    {
        int result;
        try
        {
            result = await operation().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (exception is OperationCanceledException cancelled) completion.SetCanceled(cancelled.CancellationToken);
            else completion.SetException(exception);
            return;
        }

        completion.SetResult(result);
    }

    private void Check(bool isBusy, string direction)
    {
        ObjectDisposedException.ThrowIf(polled.IsClosed, typeof(Stream));
        if (isBusy)
            throw new InvalidOperationException($"A {direction} is in progress on this stream already; await it before the next. (A read and a write may run at once.)");
    }

    private void RefuseOnLoop(string member)
    {
        if (loop.IsCurrentThread)
            throw new InvalidOperationException($"{member} would block the event loop's thread for ever: the loop cannot receive while it waits for itself. Use {member}Async.");
    }
}
