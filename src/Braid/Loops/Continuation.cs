using System.Threading.Tasks.Sources;

namespace Braid.Loops;

/// <summary>What to call when a <see cref="LoopOperation{TResult}"/> completes, and where.</summary>
internal readonly struct Continuation
{
    private readonly object? _elsewhere; // a foreign SynchronizationContext or TaskScheduler; null: the loop

    private Continuation(Action<object?> callback, object? state, object? elsewhere, ReadyKind kind)
    {
        Callback = callback;
        State = state;
        _elsewhere = elsewhere;
        Kind = kind;
    }

    public Action<object?>? Callback { get; }

    public object? State { get; }

    /// <summary>How the loop calls it.</summary>
    public ReadyKind Kind { get; }

    /// <summary>Two cannot wait for one ValueTask.</summary>
    public static InvalidOperationException SecondAwait() => new("A ValueTask may be awaited once; use AsTask() to await it several times.");

    /// <summary>The ValueTask is of a use that is over.</summary>
    public static InvalidOperationException ResultTaken() => new("This ValueTask was awaited already; its result can be taken once.");

    /// <summary>Reads from the thread where the await stands what the flags ask for.</summary>
    public static Continuation Capture(EventLoop loop, Action<object?> callback, object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        // The compiler's state machines carry their ExecutionContext themselves and do not ask; hand-written awaits may.
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 && ExecutionContext.Capture() is { } context)
        {
            state = new Flowed(context, callback, state);
            callback = static flowed => ((Flowed)flowed!).Run();
        }

        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) == 0) return new(callback, state, null, ReadyKind.Library);
        var current = SynchronizationContext.Current;
        if (ReferenceEquals(current, loop.Context)) return new(callback, state, null, ReadyKind.User);

        // The same test as Task's: a plain SynchronizationContext is none.
        if (current is not null && current.GetType() != typeof(SynchronizationContext)) return new(callback, state, current, ReadyKind.Library);
        var scheduler = TaskScheduler.Current;
        return new(callback, state, scheduler == TaskScheduler.Default ? null : scheduler, ReadyKind.Library);
    }

    /// <summary>The same as something that the loop may call: if it belongs elsewhere, what takes it there.</summary>
    public Continuation OnLoop(EventLoop loop) => _elsewhere is null
        ? this
        : new(static departure => ((Departure)departure!).Leave(), new Departure(loop, this), null, ReadyKind.Library);

    public void Schedule(EventLoop loop)
    {
        switch (_elsewhere)
        {
            case null when loop.TryEnqueue(new ReadyEntry(Kind, Callback!, State)):
                break;
            case SynchronizationContext context:
                context.Post(static target => ((Flowed)target!).Call(), new Flowed(null, Callback!, State));
                break;
            case TaskScheduler scheduler:
                Task.Factory.StartNew(Callback!, State, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
                break;
            default: // the loop has ended; see LoopSynchronizationContext.Post
                ThreadPool.UnsafeQueueUserWorkItem(Callback!, State, preferLocal: false);
                break;
        }
    }

    private sealed class Flowed(ExecutionContext? context, Action<object?> callback, object? state)
    {
        public void Run() => ExecutionContext.Run(context!, static self => ((Flowed)self!).Call(), this);

        public void Call() => callback(state);
    }

    private sealed record Departure(EventLoop Loop, Continuation Continuation)
    {
        public void Leave() => Continuation.Schedule(Loop);
    }
}
