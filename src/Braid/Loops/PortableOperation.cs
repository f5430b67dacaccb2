using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Braid.Loops;

/// <summary>Carries one .NET socket operation at a time from the thread pool to the loop, without allocating.</summary>
internal sealed class PortableOperation<TResult> : LoopOperation<TResult>
{
    private readonly Action _arrived;
    private readonly string _what;
    private ConfiguredValueTaskAwaitable<TResult>.ConfiguredValueTaskAwaiter _awaiter;
    private bool _closed;

    /// <param name="loop">Where it completes.</param>
    /// <param name="what">For messages: "a receive".</param>
    public PortableOperation(EventLoop loop, string what)
        : base(loop)
    {
        _what = what;
        _arrived = () => Loop.TryPostLibrary(static self => ((PortableOperation<TResult>)self!).Arrive(), this);
    }

    public override string What => _what[(_what.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    /// <summary>Follows an operation that was just started. It observes the caller's token itself.</summary>
    public ValueTask<TResult> Follow(ValueTask<TResult> started)
    {
        if (started.IsCompletedSuccessfully)
        {
            if (Loop.MayCompleteInline) return started;
            CompleteNextTurn(started.Result);
            return ResultTask;
        }

        Begin(CancellationToken.None);
        _awaiter = started.ConfigureAwait(false).GetAwaiter();
        if (_awaiter.IsCompleted) Arrive();
        else _awaiter.UnsafeOnCompleted(_arrived);
        return ResultTask;
    }

    /// <summary>As <see cref="Follow"/>, for operations whose result says nothing.</summary>
    public ValueTask FollowVoid(ValueTask<TResult> started) => WithoutResult(Follow(started));

    /// <summary>The socket is closed: what .NET reports from now on is the consequence.</summary>
    public void MarkClosed() => _closed = true;

    /// <summary>The loop ends: fails a pending operation without waiting for .NET.</summary>
    public void Abandon() => FailIfPending(Disposed(null));

    private void Arrive()
    {
        if (!IsPending) return; // the loop has abandoned it
        var awaiter = _awaiter;
        _awaiter = default;
        TResult result;
        try
        {
            result = awaiter.GetResult();
        }
        catch (Exception exception)
        {
            Fail(_closed && exception is SocketException or ObjectDisposedException or IOException ? Disposed(exception) : exception);
            return;
        }

        if (!_closed)
        {
            Complete(result);
            return;
        }

        // It was faster than the closing, but nobody expects it any more.
        (result as IDisposable)?.Dispose();
        Fail(Disposed(null));
    }

    private ObjectDisposedException Disposed(Exception? cause) => new($"The socket was disposed while {_what} was pending.", cause);
}
