namespace Braid.Loops;

/// <summary>What a loop with a seed has besides: numbers, a virtual clock, an order, and whoever waits until all is idle. The loop's thread only.</summary>
/// <remarks>
/// <code>
///   a turn:   1. what is ready, in an order of the seed; a few callbacks (one in eight) are put off by one turn, never by two
///             2. each callback runs; what it has left on the thread pool is waited for before the next one runs
///
///   nothing ready:   code of the loop runs on other threads → wait for it, time stands still
///                    somebody waits for idleness            → he goes on
///                    a timer is set, bytes are under way    → the clock jumps there
///                    none of these                          → a deadlock
/// </code>
/// Everything that chance decides comes from <see cref="Random"/>, and it is asked on the loop's thread only; that makes a seed a whole run.
/// </remarks>
internal sealed class Simulation(int seed, VirtualTime time)
{
    // One callback in so many is put off to the next turn: without it, tasks that give way would march in step, and no seed would ever
    // let one take two steps while another takes one.
    private const int PutOffOneIn = 8;

    // A turn takes no time, so that what belongs together stays at one instant. A program that is busy for this many turns may be waiting
    // for the clock itself; from there on each turn takes a little.
    private const int TimelessTurns = 1000;

    private static readonly TimeSpan BusyTurn = TimeSpan.FromMicroseconds(1);

    private readonly List<TaskCompletionSource> _untilIdle = [];
    private readonly List<TaskCompletionSource> _untilTimeless = [];
    private int _putOff;
    private int _turnsAtThisInstant;

    public int Seed => seed;

    public SeededRandom Random { get; } = new(seed);

    public VirtualTime Time => time;

    public OutsideWork Outside { get; } = new();

    /// <summary>Turns so far.</summary>
    public long Turns { get; private set; }

    /// <summary>Puts what is ready into the order of this turn.</summary>
    /// <returns>How many callbacks of the queue's front run now. The rest has been put off, and runs in the next turn for sure.</returns>
    public int Arrange(ReadyQueue ready)
    {
        Turns++;
        if (++_turnsAtThisInstant > TimelessTurns) time.Advance(BusyTurn);

        var end = ready.Count;
        for (var i = end - 1; i >= _putOff; i--)
            if (Random.OneIn(PutOffOneIn)) ready.Swap(i, --end);
        for (var i = end - 1; i > 0; i--) ready.Swap(i, Random.Below(i + 1));
        _putOff = ready.Count - end;
        return end;
    }

    /// <summary>Nothing is ready: the clock jumps.</summary>
    public void Jump(TimeSpan distance)
    {
        _turnsAtThisInstant = 0;
        time.Advance(distance);
    }

    /// <summary>A delay of the network or of a call: none half of the time, else up to a millisecond.</summary>
    public TimeSpan NextDelay() => Random.OneIn(2) ? TimeSpan.Zero : new TimeSpan(1 + Random.Below((int)TimeSpan.TicksPerMillisecond));

    /// <summary>Completes when nothing is ready and nothing is under way between sockets.</summary>
    public Task UntilIdleAsync() => Add(_untilIdle);

    /// <summary>Completes when, besides, no timer is set.</summary>
    public Task UntilTimelessAsync() => Add(_untilTimeless);

    /// <summary>Nothing is ready: lets those go on who waited for just that.</summary>
    /// <param name="hasTimers">A timer is set, or something is under way.</param>
    /// <param name="isUnderWay">Something is under way between sockets.</param>
    /// <returns>True if somebody goes on.</returns>
    public bool ReleaseIdle(bool hasTimers, bool isUnderWay) =>
        (!isUnderWay && Release(_untilIdle)) || (!hasTimers && Release(_untilTimeless));

    /// <summary>The loop ends.</summary>
    public void CancelIdle()
    {
        foreach (var waiter in _untilIdle.Concat(_untilTimeless).ToArray()) waiter.TrySetCanceled();
        _untilIdle.Clear();
        _untilTimeless.Clear();
    }

    private static Task Add(List<TaskCompletionSource> waiters)
    {
        var waiter = new TaskCompletionSource();
        waiters.Add(waiter);
        return waiter.Task;
    }

    private static bool Release(List<TaskCompletionSource> waiters)
    {
        if (waiters.Count == 0) return false;
        var released = waiters.ToArray();
        waiters.Clear();
        foreach (var waiter in released) waiter.SetResult();
        return true;
    }
}
