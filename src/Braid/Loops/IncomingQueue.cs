namespace Braid.Loops;

/// <summary>Callbacks that other threads hand to a loop. The loop takes them over once a turn; a sleeping loop is woken.</summary>
internal sealed class IncomingQueue(Poller poller)
{
    // Guards _entries, _sleeping and _closed, and so also: nobody wakes a poller that is gone.
    private readonly Lock _gate = new();
    private List<ReadyEntry> _entries = [];
    private List<ReadyEntry> _spare = []; // the loop's thread only
    private bool _sleeping;
    private bool _closed;
    private volatile bool _hasEntries;

    /// <summary>Whether something waits: one read, no lock, so that the loop can ask every turn.</summary>
    public bool HasEntries => _hasEntries;

    /// <summary>Adds a callback and wakes the loop if it sleeps. From any thread.</summary>
    /// <returns>False: the loop has ended and will never run it.</returns>
    public bool TryAdd(in ReadyEntry entry)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _entries.Add(entry);
            _hasEntries = true;
            if (_sleeping)
            {
                _sleeping = false; // one wake-up per sleep, however many posts: it is a system call
                poller.Wake();
            }

            return true;
        }
    }

    /// <summary>Moves what has come to the ready queue, in order.</summary>
    public void DrainTo(ReadyQueue ready)
    {
        List<ReadyEntry> taken;
        lock (_gate)
        {
            taken = _entries;
            _entries = _spare;
            _hasEntries = false;
        }

        foreach (var entry in taken) ready.Enqueue(entry);
        taken.Clear();
        _spare = taken;
    }

    /// <summary>Announces that the loop goes to sleep; from now on a post wakes it. False: something has come, so do not sleep.</summary>
    public bool TryBeginSleep()
    {
        lock (_gate)
        {
            if (_hasEntries) return false;
            _sleeping = true;
            return true;
        }
    }

    public void EndSleep()
    {
        lock (_gate) _sleeping = false;
    }

    /// <summary>Refuses posts from now on. What is still here is returned to nobody: the caller has drained it.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }
}
