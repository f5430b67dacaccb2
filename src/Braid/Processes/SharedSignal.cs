namespace Braid.Processes;

/// <summary>A word in shared memory by which one side sleeps until the other has done something.</summary>
/// <remarks>
/// No wake-up is lost: the sleeper says that it sleeps and then looks once more; the other side does its deed and then looks whether anybody
/// sleeps; each has a full fence between the two. Waking a sleeper costs a system call and, on an idle core, 20 to 80 µs; telling one that is
/// awake costs the fence, 5 ns.
/// </remarks>
internal readonly unsafe struct SharedSignal(int* word)
{
    private const int Awake = 0;
    private const int Asleep = 1;

    /// <summary>The sleeper: before its last look at what it waits for.</summary>
    internal void Announce() => Interlocked.Exchange(ref *word, Asleep);

    /// <summary>The sleeper: until the other side calls <see cref="Wake"/>.</summary>
    internal void Sleep()
    {
        while (Volatile.Read(ref *word) == Asleep) Libc.SleepWhile(word, Asleep);
    }

    /// <summary>The sleeper, without a word to the other side: until somebody wakes whoever sleeps here, and no longer than so.</summary>
    internal void Nap(TimeSpan most) => Libc.SleepWhile(word, Awake, most);

    /// <summary>The sleeper: there was something after all.</summary>
    internal void Withdraw() => Volatile.Write(ref *word, Awake);

    /// <summary>The other side: after its deed.</summary>
    internal void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref *word) == Asleep && Interlocked.Exchange(ref *word, Awake) == Asleep) Libc.Wake(word, 1);
    }

    /// <summary>Wakes whoever sleeps here, whatever the word says: the peer may have written anything there before it ended.</summary>
    internal void WakeAll()
    {
        Interlocked.Exchange(ref *word, Awake);
        Libc.Wake(word, int.MaxValue);
    }
}
