namespace Braid;

/// <summary>placeholder</summary>
public sealed class EventLoop
{
    internal EventLoop() { }

    /// <summary>placeholder</summary>
    public static void Run(Func<CancellationToken, Task> main, LoopOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
