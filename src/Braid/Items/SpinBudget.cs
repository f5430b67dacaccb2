namespace Braid.Items;

/// <summary>How long a thread looks for something before it sleeps: as long as that has paid lately.</summary>
/// <remarks>
/// A look in vain halves the next one, down to next to nothing; a find restores it. So threads that wait for long items do not burn what the
/// others could use. Two that hand each other small things could both have learned to sleep, and each would then find the other asleep for
/// ever: so now and then one looks for longer than a wake-up takes, and both are awake again. Use it from one thread at a time; a race costs
/// nothing but a wrong guess.
/// </remarks>
internal struct SpinBudget()
{
    // In rounds of about 0.1 µs. A wake-up on an idle core takes 20 to 80 µs: looking for about that long is never worse than twice the best
    // choice. Chosen by `benchmarks processes-roundtrip`, like the two below.
    private const int MostRounds = 1000;

    // About 6 µs: what a peer that is awake needs to answer.
    private const int FewestRounds = 64;

    // Once in so many looks in vain there is a long one. It outlasts a wake-up on a busy machine, so that it finds a peer that is asleep, too.
    private const int ShortLooks = 16;
    private const int LongRounds = 4000;

    // How often a look lets others run on its processor: perhaps the very one whose answer it waits for.
    private const int YieldEvery = 16;

    private static readonly bool Pays = Environment.ProcessorCount > 1;

    private int _rounds = MostRounds;
    private int _failures;

    /// <summary>How many rounds the next look may have; 0 on a machine with one processor.</summary>
    internal readonly int Rounds => !Pays ? 0 : _failures >= ShortLooks ? LongRounds : _rounds;

    /// <summary>Between one round and the next.</summary>
    internal static void Pause(int round)
    {
        if (round % YieldEvery == YieldEvery - 1) Thread.Yield();
        else Thread.SpinWait(2);
    }

    /// <summary>What the look has brought.</summary>
    internal void Learn(bool isFound)
    {
        if (isFound)
        {
            _rounds = MostRounds;
            _failures = 0;
            return;
        }

        _failures = _failures >= ShortLooks ? 0 : _failures + 1;
        _rounds = Math.Max(_rounds / 2, FewestRounds);
    }
}
