using System.Runtime.CompilerServices;

namespace Braid.AspNetCore.Transport;

/// <summary>An await that goes on on the loop's thread, as library code, without a SynchronizationContext: in its next turn, always.</summary>
internal readonly struct LoopSwitch(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public LoopSwitch GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        // The loop has ended, and the server with it: what is left may still release what it holds.
        if (!loop.TryPostLibrary(static action => ((Action)action!)(), continuation))
            ThreadPool.UnsafeQueueUserWorkItem(static action => action(), continuation, preferLocal: false);
    }
}
