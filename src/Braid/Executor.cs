namespace Braid;

/// <summary>Takes items.</summary>
public abstract class Executor : IAsyncDisposable
{
    /// <summary>Items that can be in progress at once.</summary>
    public abstract int Capacity { get; }

    /// <summary>Finishes what was accepted, then releases the workers.</summary>
    public abstract ValueTask DisposeAsync();
}
