using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Braid.Loops;

/// <summary>An operation that tries its system call, and again each time the kernel says that it may now succeed.</summary>
[SupportedOSPlatform("linux")]
internal abstract class EpollOperation<TResult>(EventLoop loop) : LoopOperation<TResult>(loop)
{
    /// <summary>Makes the system call. False: it would block. It sets either the result or the error number.</summary>
    protected abstract bool Attempt(out TResult result, out int errno);

    /// <summary>The kernel says that the call may succeed now.</summary>
    public void OnReady()
    {
        if (!IsPending || IsDeferred || !Attempt(out var result, out var errno)) return;
        OnCancelled(); // lets go of the buffer
        if (errno == 0) Complete(result);
        else Fail(Errno.ToException(errno));
    }

    /// <summary>The first attempt. An operation that could complete at once over and over takes a turn now and then, so that others run.</summary>
    protected ValueTask<TResult> Start(CancellationToken cancellationToken)
    {
        if (!Attempt(out var result, out var errno))
        {
            Begin(cancellationToken);
            return ResultTask;
        }

        OnCancelled();
        if (errno != 0) return ValueTask.FromException<TResult>(Errno.ToException(errno));
        if (Loop.MayCompleteInline) return new ValueTask<TResult>(result);
        CompleteNextTurn(result);
        return ResultTask;
    }

    /// <summary>Reads why a call failed. True: for good, so <paramref name="errno"/> is set; false: it would block.</summary>
    protected static bool IsFinal(out int errno)
    {
        errno = Marshal.GetLastPInvokeError();
        return errno != Errno.TryAgain;
    }
}

/// <summary>One direction of data. The buffer is pinned only during a system call.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollReceive(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private Memory<byte> _buffer;
    private bool _mayHaveData = true;
    private bool _hungUp;

    public ValueTask<int> Start(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _buffer = buffer;
        return Start(cancellationToken);
    }

    /// <summary>There is data, or, with <paramref name="hungUp"/>, an end or an error that only reading will show.</summary>
    public void OnReadable(bool hungUp)
    {
        _mayHaveData = true;
        _hungUp |= hungUp;
        OnReady();
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        if (!_mayHaveData) return false; // known to be empty: spares the call that would say so
        nint received;
        do received = Receive(_buffer.Span);
        while (received < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (received < 0)
        {
            if (IsFinal(out errno)) return true;
            errno = 0;
            return _mayHaveData = false;
        }

        // Fewer bytes than asked for: the socket is empty, and new data will be a new edge. (epoll(7), question 9.)
        if (received > 0 && received < _buffer.Length && !_hungUp) _mayHaveData = false;
        result = (int)received;
        return true;
    }

    protected override void OnCancelled() => _buffer = default;

    // An empty buffer asks whether there is anything; recv would answer 0 at once, so look at one byte and leave it there.
    private nint Receive(Span<byte> buffer)
    {
        byte one;
        if (buffer.IsEmpty) return Math.Min(0, Libc.Receive(descriptor, &one, 1, Libc.MessagePeek));
        fixed (byte* start = buffer) return Libc.Receive(descriptor, start, (nuint)buffer.Length, 0);
    }
}

/// <inheritdoc cref="EpollReceive"/>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollSend(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private ReadOnlyMemory<byte> _left;

    public ValueTask Start(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        _left = buffer;
        var sent = Start(cancellationToken);
        if (IsBusy) return VoidTask;
        return sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(sent.AsTask());
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        while (!_left.IsEmpty)
        {
            var sent = Send(_left.Span);
            if (sent >= 0) _left = _left[(int)sent..];
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted) return FinalOrNothing(out errno);
        }

        return true;
    }

    protected override void OnCancelled() => _left = default;

    private static bool FinalOrNothing(out int errno)
    {
        if (IsFinal(out errno)) return true;
        errno = 0;
        return false;
    }

    private nint Send(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer) return Libc.Send(descriptor, start, (nuint)buffer.Length, Libc.MessageNoSignal);
    }
}

/// <summary>A connection being made: begun before, and done when the socket becomes writable.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollConnect(EventLoop loop, int descriptor) : EpollOperation<int>(loop)
{
    private bool _writable;

    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        return VoidTask;
    }

    public void OnWritable()
    {
        _writable = true;
        OnReady();
    }

    protected override bool Attempt(out int result, out int errno)
    {
        result = errno = 0;
        if (!_writable) return false;
        var error = 0;
        var length = (uint)sizeof(int);
        errno = Libc.GetOption(descriptor, Libc.LevelSocket, Libc.OptionError, &error, &length) < 0 ? Marshal.GetLastPInvokeError() : error;
        return true;
    }
}
