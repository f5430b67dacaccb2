namespace Braid.Loops;

/// <summary>A connected socket between two loops: accepted on one, to be used on another. One of the two members is called, once.</summary>
internal abstract class ReleasedSocket
{
    /// <summary>On the thread of the loop that takes it over, whose poller is of the same kind.</summary>
    public abstract LoopSocket AdoptBy(EventLoop loop);

    /// <summary>Nobody takes it. From any thread.</summary>
    public abstract void Close();
}
