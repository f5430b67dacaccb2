namespace Braid.Loops;

/// <summary>Where the blocking calls of a seeded loop run: on its own thread, a moment later. A thread would run them at a time of its own.</summary>
internal sealed class OffloadTurns(EventLoop loop, MemoryPoller poller) : IOffloadPlace
{
    public bool TryRun(Action call) => loop.TryPostLibrary(_ => poller.After(poller.Simulation.NextDelay(), () => loop.TryPostLibrary(Run, call)), null);

    public void Close() { }

    private static void Run(object? call) => ((Action)call!)();
}
