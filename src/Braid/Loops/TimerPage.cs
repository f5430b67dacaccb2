using System.Threading.Tasks.Sources;

namespace Braid.Loops;

/// <summary>256 timers side by side, and what the ValueTasks of those that are sleeps stand on.</summary>
/// <remarks>
/// A sleep that no token can end is not an object: it is 32 bytes here. With a million of them, that is a third of the memory and
/// of the garbage collector's work. A ValueTask finds its sleep by the number that it carries: half of it says which, half is a version, so that a
/// ValueTask that is awaited again, after its result was taken, is told so in 255 of 256 cases.
/// For the loop's thread; a ValueTask may be awaited on another one, by way of a post.
/// </remarks>
internal sealed class TimerPage(EventLoop loop, TimerTable table, int first) : IValueTaskSource
{
    public const int Bits = 8;
    public const int Size = 1 << Bits;

    private readonly TimerEntry[] _entries = new TimerEntry[Size];
    private int _forgotten; // sleeps that are over and that nobody has awaited

    /// <summary>The number of its first timer.</summary>
    public int First => first;

    /// <summary>It is no longer in the table.</summary>
    public bool IsReplaced { get; set; }

    public ref TimerEntry this[int number] => ref _entries[number & (Size - 1)];

    /// <summary>Makes a number that was just taken a sleep.</summary>
    public ValueTask BeginSleep(int number)
    {
        ref var entry = ref this[number];
        entry.State = TimerState.Asleep;
        return new ValueTask(this, (short)(entry.Version << Bits | number & (Size - 1)));
    }

    /// <summary>A sleep's time has come, or the loop ends.</summary>
    public void EndSleep(int number, TimerState state)
    {
        ref var entry = ref this[number];
        entry.State = state;
        if (entry.Callback is { } callback) loop.Ready.Enqueue(entry.Kind, callback, entry.Target);

        // Else who never looks at his sleeps would hold memory for good. (The first page has one number less, and is never replaced.)
        else if (++_forgotten == Size) table.Replace(this);
    }

    public ValueTaskSourceStatus GetStatus(short token) => Find(token).State switch
    {
        TimerState.Over => ValueTaskSourceStatus.Succeeded,
        TimerState.Abandoned => ValueTaskSourceStatus.Canceled,
        _ => ValueTaskSourceStatus.Pending,
    };

    public void GetResult(short token)
    {
        var state = Find(token).State;
        if (state == TimerState.Asleep) throw new InvalidOperationException("The sleep is not over; await it instead of asking for its result.");
        if (loop.IsCurrentThread) Take(token);
        else loop.TryPostLibrary(static request => ((TakeRequest)request!).Apply(), new TakeRequest(this, token));
        if (state == TimerState.Abandoned) throw new OperationCanceledException(LoopTimers.EndedMessage);
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _ = Find(token);
        var captured = Continuation.Capture(loop, continuation, state, flags).OnLoop(loop);
        if (loop.IsCurrentThread) Register(captured, token);

        // Only the loop's thread may change the entry. Once the loop has ended every sleep is over, so nothing is left to wait for.
        else if (!loop.TryPostLibrary(static request => ((RegisterRequest)request!).Apply(), new RegisterRequest(this, captured, token)))
            captured.Schedule(loop);
    }

    private void Register(in Continuation continuation, short token)
    {
        ref var entry = ref Find(token);
        if (entry.Callback is not null) throw Continuation.SecondAwait();
        entry.Callback = continuation.Callback;
        entry.Target = continuation.State;
        entry.Kind = continuation.Kind;
        if (entry.State == TimerState.Asleep) return;
        _forgotten--;
        continuation.Schedule(loop);
    }

    private void Take(short token)
    {
        ref var entry = ref Find(token);
        if (entry.Callback is null) _forgotten--;
        entry.Version++;
        if (!IsReplaced) table.Free(first + (token & (Size - 1)));
    }

    private ref TimerEntry Find(short token)
    {
        ref var entry = ref this[token];
        if (entry.Version != (byte)(token >> Bits)) throw Continuation.ResultTaken();
        return ref entry;
    }

    private sealed record TakeRequest(TimerPage Page, short Token)
    {
        public void Apply() => Page.Take(Token);
    }

    private sealed record RegisterRequest(TimerPage Page, Continuation Continuation, short Token)
    {
        public void Apply() => Page.Register(Continuation, Token);
    }
}
