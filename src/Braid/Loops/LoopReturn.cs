using System.Runtime.CompilerServices;

namespace Braid.Loops;

/// <summary>An await that goes on on the loop's thread, as library code; at once if it is there already.</summary>
internal readonly struct LoopReturn(EventLoop loop) : ICriticalNotifyCompletion
{
    public LoopReturn GetAwaiter() => this;

    public bool IsCompleted => loop.IsCurrentThread;

    /// <exception cref="ObjectDisposedException">The loop has ended, so there is no thread to go to.</exception>
    public void GetResult()
    {
        if (!loop.IsCurrentThread) throw EventLoop.Ended();
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (!loop.TryEnqueue(new ReadyEntry(ReadyKind.LibraryAction, continuation, null)))
            ThreadPool.UnsafeQueueUserWorkItem(static action => action(), continuation, preferLocal: false);
    }
}
