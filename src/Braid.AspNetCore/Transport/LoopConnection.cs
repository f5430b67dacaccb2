using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Braid.AspNetCore.Transport;

/// <summary>One connection: a loop's socket on one side, two pipes for Kestrel on the other. What Kestrel asks of it is in the other part.</summary>
/// <remarks>
/// <see cref="ReceiveAsync"/> and <see cref="SendAsync(PipeReader)"/> run from beginning to end on the loop's thread, as library code.
/// It receives ahead of its reader, so that the end of a connection is seen while a request runs.
/// </remarks>
internal sealed partial class LoopConnection
{
    // A sequence of blocks goes out in pieces of this size: copying 64 KiB costs less than the system calls for its 16 blocks.
    private const int SendSize = 64 * 1024;

    private readonly TransportLoop _place;
    private readonly LoopSocket _socket;
    private readonly ILogger _logger;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly CancellationTokenSource _closed = new();
    private Task _receiving = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;
    private Exception? _reason; // why both directions end; the first one counts

    /// <summary>On the loop's thread.</summary>
    internal LoopConnection(TransportLoop place, LoopSocket socket, ILogger logger)
    {
        _place = place;
        _socket = socket;
        _logger = logger;
        _input = new Pipe(place.Input);
        _output = new Pipe(place.Output);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Transport = new DuplexPipe(new LoopPipeReader(place.Loop, _input.Reader), _output.Writer);
        Features = CreateFeatures();
    }

    private EventLoop Loop => _place.Loop;

    /// <summary>On the loop's thread, without a context.</summary>
    internal void Start()
    {
        _sending = SendAsync(_output.Reader);
        _receiving = ReceiveAsync(_input.Writer);
    }

    private async Task ReceiveAsync(PipeWriter input)
    {
        Exception? error = null;
        try
        {
            await ReceiveAllAsync(input).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = Explain(exception);
        }

        // If the other direction has ended both, that is the reason, whatever came here as its consequence.
        await input.CompleteAsync(_reason ?? error).ConfigureAwait(false);
        await new LoopSwitch(Loop);
        SignalClosed();
    }

    private async Task ReceiveAllAsync(PipeWriter input)
    {
        bool mayHaveMore = false;
        while (true)
        {
            // Waits without a buffer, so that an idle connection holds none.
            if (!mayHaveMore) await _socket.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var buffer = input.GetMemory();
            int received = await _socket.ReceiveAsync(buffer).ConfigureAwait(false);
            if (received == 0) return;
            mayHaveMore = received == buffer.Length;
            input.Advance(received);
            var flushed = await input.FlushAsync().ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled) return;
        }
    }

    private async Task SendAsync(PipeReader output)
    {
        Exception? error = null;
        try
        {
            await SendAllAsync(output).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = Explain(exception);
        }

        End(error);
        await output.CompleteAsync().ConfigureAwait(false); // whoever writes learns that nobody reads, without an exception, as from Kestrel's own transport
        _input.Writer.CancelPendingFlush(); // the other direction may be waiting for a reader that will not come
    }

    private async Task SendAllAsync(PipeReader output)
    {
        while (true)
        {
            var read = await output.ReadAsync().ConfigureAwait(false);
            if (read.IsCanceled) return;
            var data = read.Buffer;
            if (!data.IsSingleSegment) await SendBlocksAsync(data).ConfigureAwait(false);
            else if (!data.IsEmpty) await _socket.SendAsync(data.First).ConfigureAwait(false);
            output.AdvanceTo(data.End);
            if (read.IsCompleted) return;
        }
    }

    private async Task SendBlocksAsync(ReadOnlySequence<byte> data)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(data.Length, SendSize));
        while (!data.IsEmpty)
        {
            var part = data.Slice(0, Math.Min(data.Length, piece.Length));
            part.CopyTo(piece);
            await _socket.SendAsync(piece.AsMemory(0, (int)part.Length)).ConfigureAwait(false);
            data = data.Slice(part.End);
        }

        ArrayPool<byte>.Shared.Return(piece); // not after a failure: the system might still read it
    }

    // Everything is sent, or nothing more can be: ends both directions, which also ends a pending receive.
    private void End(Exception? error)
    {
        if (_reason is null && error is null)
        {
            _reason = new ConnectionAbortedException("The server has ended the connection.");
            _socket.CompleteBoth();
            return;
        }

        _reason ??= error;
        if (Loop.IsCurrentThread) _socket.Reset();
    }

    // Kestrel does not always give a reason.
    private void EndNow(ConnectionAbortedException? reason)
    {
        _reason ??= reason ?? new ConnectionAbortedException("The server has broken the connection.");
        _socket.Reset();
    }

    private void SignalClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException exception)
        {
            LogCallbackFailed(_logger, exception, ConnectionId);
        }
    }

    private static Exception Explain(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown } reset =>
            new ConnectionResetException("The client has broken the connection.", reset),
        ObjectDisposedException disposed => new ConnectionAbortedException("The connection was closed.", disposed),
        _ => exception,
    };

    [LoggerMessage(2, LogLevel.Error, "A callback of ConnectionClosed failed on connection {ConnectionId}.", EventName = "ConnectionClosedCallbackFailed")]
    private static partial void LogCallbackFailed(ILogger logger, Exception exception, string connectionId);

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
