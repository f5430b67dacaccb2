namespace Braid;

/// <summary>How a <see cref="LoopListener"/> listens.</summary>
public sealed record LoopListenerOptions
{
    /// <summary>
    /// Several listeners, of several loops or processes of one user, take the same port, and the system spreads new connections over
    /// them. All of them must ask for it. TCP, and Linux only (SO_REUSEPORT): other systems do not spread.
    /// </summary>
    public bool SharePort { get; init; }

    /// <summary>Connections that may wait for an accept, 1 or more; null: as many as the system allows (on Linux net.core.somaxconn).</summary>
    public int? Backlog { get; init; }

    internal void Validate()
    {
        if (Backlog is { } backlog) ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1, nameof(Backlog));
    }
}
