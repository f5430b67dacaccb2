// Awaits in this folder keep the context on purpose: it is what brings user code back to the loop.
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Braid.Loops;

/// <summary>A <see cref="LoopSocket"/> as a stream, for libraries: calls from other threads are carried to the loop.</summary>
internal sealed class LoopStream(EventLoop loop, LoopSocket socket) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException("A socket has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("A socket has no position.");
        set => throw new NotSupportedException("A socket has no position.");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => loop.IsCurrentThread
        ? WithIOException(socket.ReceiveAsync(buffer, cancellationToken))
        : CarryAsync(() => socket.ReceiveAsync(buffer, cancellationToken));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => loop.IsCurrentThread
        ? WithIOException(socket.SendAsync(buffer, cancellationToken))
        : new ValueTask(CarryAsync(() => SendAsync(buffer, cancellationToken)).AsTask());

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

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A socket cannot seek.");

    public override void SetLength(long value) => throw new NotSupportedException("A socket has no length.");

    public override async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.BeginDispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await socket.SendAsync(buffer, cancellationToken);
        return 0;
    }

    // The result is set on the loop without a context, so what follows in the library goes on there.
    private ValueTask<int> CarryAsync(Func<ValueTask<int>> operation)
    {
        var completion = new TaskCompletionSource<int>();
        if (!loop.TryPostLibrary(_ => Carry(operation, completion), null)) throw EventLoop.Ended();
        return new ValueTask<int>(completion.Task);
    }

    private static async void Carry(Func<ValueTask<int>> operation, TaskCompletionSource<int> completion)
    {
        int result;
        try
        {
            result = await operation();
        }
        catch (Exception exception)
        {
            if (exception is OperationCanceledException cancelled) completion.SetCanceled(cancelled.CancellationToken);
            else completion.SetException(exception is SocketException broken ? Translate(broken) : exception);
            return;
        }

        completion.SetResult(result);
    }

    // A stream fails with an IOException, whatever is below: libraries such as HttpClient know nothing else. Without a context inside, so
    // that library code goes on on the spot; user code comes back through its own. The builder's pool spares the allocation.
    private static ValueTask<int> WithIOException(ValueTask<int> operation)
    {
        return operation.IsCompletedSuccessfully ? operation : AwaitAsync(operation);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<int> AwaitAsync(ValueTask<int> operation)
        {
            try
            {
                return await operation.ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                throw Translate(exception);
            }
        }
    }

    private static ValueTask WithIOException(ValueTask operation)
    {
        return operation.IsCompletedSuccessfully ? operation : AwaitAsync(operation);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        static async ValueTask AwaitAsync(ValueTask operation)
        {
            try
            {
                await operation.ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                throw Translate(exception);
            }
        }
    }

    private static IOException Translate(SocketException exception) => new(exception.Message, exception);

    private void RefuseOnLoop(string member)
    {
        if (loop.IsCurrentThread)
            throw new InvalidOperationException($"{member} would block the event loop's thread for ever: the loop cannot receive while it waits for itself. Use {member}Async.");
    }
}
