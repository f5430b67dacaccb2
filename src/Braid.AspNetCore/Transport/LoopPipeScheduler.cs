using System.IO.Pipelines;

namespace Braid.AspNetCore.Transport;

/// <summary>Where a pipe's other end goes on: on the loop, in its next turn, without a SynchronizationContext.</summary>
/// <remarks>
/// It could go on at once and spare the queue. But so one turn receives from all connections that are ready, the next parses and answers
/// all their requests, and the one after sends all answers. Receiving, Kestrel and sending do not fit into a processor's cache of
/// instructions together; one after the other for every request they cost a third more processor time than each for all (kestrel-plaintext).
/// </remarks>
internal sealed class LoopPipeScheduler(EventLoop loop) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state)
    {
        // When the loop has ended, what is left of a connection still has to release its memory.
        if (!loop.TryPostLibrary(action, state)) ThreadPool.Schedule(action, state);
    }
}
