namespace Braid.Loops;

/// <summary>Where a loop's blocking calls run.</summary>
internal interface IOffloadPlace
{
    /// <summary>Runs a call, which must not throw. From any thread.</summary>
    /// <returns>False: the loop has ended.</returns>
    bool TryRun(Action call);

    /// <summary>The loop ends: refuses calls from now on.</summary>
    void Close();
}

/// <summary>Threads for blocking calls of one loop. They start when needed, wait for more, and end with the loop.</summary>
/// <remarks>Not the .NET pool: a hundred calls that block would keep the rest of the program waiting for threads.</remarks>
internal sealed class OffloadThreads(string name) : IOffloadPlace
{
    // Above this, calls queue up. A thread costs some 30 µs to start and a stack; blocking calls beyond this many rarely go faster.
    private const int MaxThreads = 64;

    // Guards everything below; idle threads wait on it.
    private readonly object _gate = new();
    private readonly Queue<Action> _calls = new();
    private int _threads;
    private int _idle;
    private bool _closed;

    /// <summary>Runs a call on one of the threads. The call must not throw. From any thread.</summary>
    /// <returns>False: the loop has ended.</returns>
    public bool TryRun(Action call)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _calls.Enqueue(call);
            if (_idle >= _calls.Count) Monitor.Pulse(_gate);
            else if (_threads < MaxThreads) StartThread();
            return true;
        }
    }

    /// <summary>Lets the threads end once the calls already accepted are done. Does not wait: a blocking call cannot be interrupted.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void StartThread()
    {
        _threads++;
        var thread = new Thread(Work) { IsBackground = true, Name = $"{name} offload {_threads}" };
        thread.UnsafeStart(); // each call brings its own ExecutionContext
    }

    private void Work()
    {
        while (Take() is { } call) call();
    }

    private Action? Take()
    {
        lock (_gate)
        {
            while (_calls.Count == 0)
            {
                if (_closed) return null;
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            return _calls.Dequeue();
        }
    }
}
