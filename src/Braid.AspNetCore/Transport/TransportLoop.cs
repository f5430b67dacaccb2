using System.Buffers;
using System.IO.Pipelines;

namespace Braid.AspNetCore.Transport;

/// <summary>One event loop of the transport, with its thread, its memory, and the pipes' way onto it.</summary>
internal sealed class TransportLoop
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;

    internal TransportLoop(LoopTransportOptions options, int number, MemoryPool<byte> memory)
    {
        var loopOptions = options.LoopOptions(number);
        _name = loopOptions.Name!;
        Loop = new EventLoop(loopOptions);
        var scheduler = new LoopPipeScheduler(Loop);

        // With the SynchronizationContext: a pipe's task may reach the application as it is, and user code has to come back as user code.
        Input = new PipeOptions(memory, scheduler, scheduler, options.MaxReadBufferSize, options.MaxReadBufferSize / 2, useSynchronizationContext: true);
        Output = new PipeOptions(memory, scheduler, scheduler, options.MaxWriteBufferSize, options.MaxWriteBufferSize / 2, useSynchronizationContext: true);
        Memory = memory;
        Feature = new LoopFeature(Loop);
    }

    internal EventLoop Loop { get; }

    internal LoopFeature Feature { get; }

    internal MemoryPool<byte> Memory { get; }

    internal PipeOptions Input { get; }

    internal PipeOptions Output { get; }

    internal void Start() => new Thread(Run) { IsBackground = true, Name = _name }.UnsafeStart();

    /// <summary>Ends the loop once nothing is ready. After <see cref="Start"/>.</summary>
    internal Task StopAsync()
    {
        Loop.Stop();
        return _ended.Task;
    }

    private void Run()
    {
        Loop.RunUntilStopped();
        Memory.Dispose();
        _ended.SetResult();
    }
}
