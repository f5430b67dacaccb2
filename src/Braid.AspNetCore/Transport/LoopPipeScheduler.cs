using System.IO.Pipelines;

namespace Braid.AspNetCore.Transport;

/// <summary>Where a pipe's other end goes on: on the loop, and at once if this is its thread.</summary>
/// <remarks>
/// At once spares a turn: what has been received is parsed, answered and sent in one go. It cannot nest deeply, because a connection has
/// two pipes with one reader and one writer each. The null-context rule holds: what waits without a context is library code, and runs without.
/// </remarks>
internal sealed class LoopPipeScheduler(EventLoop loop) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state)
    {
        if (!loop.IsCurrentThread)
        {
            // When the loop has ended, what is left of a connection still has to release its memory.
            if (!loop.TryPostLibrary(action, state)) ThreadPool.Schedule(action, state);
            return;
        }

        var context = SynchronizationContext.Current;
        if (context is null)
        {
            action(state);
            return;
        }

        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
