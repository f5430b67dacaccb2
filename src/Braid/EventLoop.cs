using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Braid.Loops;

namespace Braid;

/// <summary>
/// One thread that does many things at a time: it runs callbacks one after the other, and sleeps when none is ready until a socket, a
/// timer or another thread has something to do.
/// </summary>
/// <remarks>
/// Start one with <see cref="Run{TResult}"/>. Inside it everything is ordinary async code, and after any await it is back on the loop's
/// thread, so nothing that only the loop touches needs a lock. The price: a callback that blocks or computes holds up all others; give
/// such work to <see cref="OffloadAsync"/>. Members are for the loop's thread unless they say otherwise.
/// Library code that awaits with ConfigureAwait(false) stays on the loop too, as long as it waits for the loop's sockets, timers and
/// offloads; what user code completes by hand for it (a TaskCompletionSource, a channel) .NET continues on the thread pool.
/// Reading order for the inside: <c>Loops/LoopIteration.cs</c>, <c>ReadyQueue.cs</c>, <c>LoopOperation.cs</c>, then a poller.
/// </remarks>
public sealed partial class EventLoop
{
    // Turns that left-over callbacks get when the loop ends: enough for chains of finally blocks, and an end to those that go on for ever.
    private const int LastTurns = 1000;

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly LoopIteration _iteration;
    private readonly IncomingQueue _incoming;
    private readonly LoopTimers _timers;
    private readonly HashSet<IDisposable> _owned = [];
    private readonly IOffloadPlace _offload;
    private readonly Simulation? _simulation; // null: time is real
    private readonly WatchedLoop? _watched;
    private readonly LoopReports _reports;
    private int _interruptListeners;
    private bool _stopping;

    internal EventLoop(LoopOptions options)
        : this(options, options.Name ?? nameof(EventLoop), 0)
    {
    }

    /// <param name="options">How it is set up.</param>
    /// <param name="name">Its name in reports.</param>
    /// <param name="lane">Its row on the timeline.</param>
    internal EventLoop(LoopOptions options, string name, int lane)
    {
        options.Validate();
        Context = new LoopSynchronizationContext(this);
        _simulation = options.Seed is { } seed ? new Simulation(seed, options.TimeProvider as VirtualTime ?? new VirtualTime()) : null;
        var clock = _simulation?.Time ?? options.TimeProvider;
        var memory = _simulation is null ? null : new MemoryPoller(this, _simulation);
        Poller = memory ?? CreatePoller(options.Poller);
        _incoming = new IncomingQueue(Poller);
        _timers = new LoopTimers(this, clock);
        _iteration = new LoopIteration(Context, Poller, _incoming, Ready, _timers, clock, _simulation);
        LiveTasks = new LiveTasks(clock);
        _reports = new LoopReports(name);
        Escapes = options.FindEscapes ? new EscapeReports(options.Timeline, name, lane) : null;
        _offload = memory is null ? new OffloadThreads(options.Name ?? nameof(EventLoop)) : new OffloadTurns(this, memory);
        TimeProvider = new LoopTimeProvider(this, _timers, clock);

        // On a clock of its own time is not what passes: what such a loop does must not depend on how fast the machine is.
        if (options.SlowCallback != Timeout.InfiniteTimeSpan && clock == TimeProvider.System)
            _watched = new WatchedLoop(_iteration.Pulse, options, name, lane);
        if (_simulation is null) return;
        _simulation.Time.Timers = TimeProvider;
        options.Timeline?.Follow(TimeProvider);
    }

    /// <summary>The loop whose thread this is; null on any other thread. Costs a nanosecond.</summary>
    public static EventLoop? Current => _current;

    /// <summary>
    /// The loop's clock. Timers made with it are the loop's own and fire on its thread: <c>Task.Delay(d, loop.TimeProvider)</c>,
    /// <c>new PeriodicTimer(d, loop.TimeProvider)</c>. From any thread.
    /// </summary>
    /// <remarks>A timer's callback runs without a SynchronizationContext, as library code does.</remarks>
    public TimeProvider TimeProvider { get; }

    /// <summary>The context that brings user code back to the loop. One instance per loop.</summary>
    internal LoopSynchronizationContext Context { get; }

    internal ReadyQueue Ready { get; } = new();

    /// <summary>Asked when code on the loop has blocked it in a wait for a while: why that wait can never end, or null.</summary>
    internal Func<string?>? WhyWaitNeverEnds { get; init; }

    internal Poller Poller { get; }

    /// <summary>Null: methods that leave the loop are not looked for.</summary>
    internal EscapeReports? Escapes { get; }

    /// <summary>Names to addresses, off the loop's thread. Tests put their own here.</summary>
    internal Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> Resolver { get; set; } = Dns.GetHostAddressesAsync;

    internal LoopTimers Timers => _timers;

    /// <summary>Time is virtual and the order of the seed's choosing.</summary>
    internal bool IsSimulated => _simulation is not null;

    /// <summary>Timers that are set.</summary>
    internal int TimerCount => _timers.Count;

    internal bool IsCurrentThread => ReferenceEquals(_current, this);

    /// <summary>Whether an operation that could complete at once may; see <see cref="LoopIteration.MayCompleteInline"/>.</summary>
    internal bool MayCompleteInline => _iteration.MayCompleteInline;

    /// <summary>Runs an event loop on this thread until <paramref name="main"/> has ended, and returns its result.</summary>
    /// <param name="main">Called on the loop. Its token is cancelled by <paramref name="cancellationToken"/>, by the first Ctrl-C (a
    /// second one ends the program), by an error of a posted callback, and when main has ended.</param>
    /// <param name="options">How the loop is set up; null: the defaults.</param>
    /// <param name="cancellationToken">Asks main to end.</param>
    /// <returns>What main returned.</returns>
    /// <remarks>
    /// When main has ended, sleeps and sockets that are still in use fail, callbacks that are ready get a last chance to run, and the
    /// loop's sockets are closed. An exception of main reaches the caller unchanged. A callback that nobody awaits (from <see cref="Post"/>
    /// or an async void method) and throws cancels main, and its exception is thrown when main has ended; if main failed too, or
    /// several callbacks did, an <see cref="AggregateException"/> holds them all.
    /// </remarks>
    /// <exception cref="InvalidOperationException">This thread runs an event loop already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before main began, or main ended that way.</exception>
    public static TResult Run<TResult>(Func<CancellationToken, Task<TResult>> main, LoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        RefuseNested();
        return new LoopMain<TResult>(main).Run(options ?? new LoopOptions(), cancellationToken);
    }

    /// <inheritdoc cref="Run{TResult}"/>
    /// <returns>Nothing.</returns>
    public static void Run(Func<CancellationToken, Task> main, LoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        RefuseNested();
        new LoopMain<bool>(token => LoopMain.WithoutResult(main(token))).Run(options ?? new LoopOptions(), cancellationToken);
    }

    /// <summary>Await it to let everything else that is ready run first, exactly once. Allocates nothing, costs about 30 ns.</summary>
    /// <remarks>Off a loop it is <see cref="Task.Yield"/>.</remarks>
    public static LoopYield Yield() => default;

    /// <summary>Waits. The cheap way: without a cancellable token it allocates nothing once warm.</summary>
    /// <param name="delay">How long; never less, measured by the loop's clock. Zero gives way once. <see cref="Timeout.InfiniteTimeSpan"/> waits for the token.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="InvalidOperationException">Called from another thread; there use <c>Task.Delay(delay, loop.TimeProvider)</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the loop ended.</exception>
    public ValueTask SleepAsync(TimeSpan delay, CancellationToken cancellationToken = default)
    {
        if (delay < TimeSpan.Zero && delay != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(delay), delay, "delay must not be negative, except Timeout.InfiniteTimeSpan.");
        if (!IsCurrentThread)
            throw new InvalidOperationException("EventLoop.SleepAsync must be called on the loop's own thread; elsewhere use Task.Delay(delay, loop.TimeProvider).");
        return _timers.SleepAsync(delay, cancellationToken);
    }

    /// <summary>Queues a callback, first in, first out, to run on the loop as user code. From any thread; wakes a sleeping loop.</summary>
    /// <remarks>The caller's ExecutionContext does not flow. See <see cref="Run{TResult}"/> for what happens if the callback throws.</remarks>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public void Post(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (!TryEnqueue(new ReadyEntry(ReadyKind.User, callback, state))) throw Ended();
    }

    /// <summary>Runs a blocking call on a thread of its own, with the caller's ExecutionContext, and comes back to the loop. From any thread.</summary>
    /// <param name="blocking">The call. It runs off the loop: it must not touch what only the loop may.</param>
    /// <param name="arg">Its argument.</param>
    /// <param name="cancellationToken">Cancelled before the call has begun: it never runs. A call that has begun cannot be stopped; give it the token too.</param>
    /// <returns>The call's result or its exception.</returns>
    /// <remarks>
    /// Threads are kept for the next call, at most 64 per loop; further calls wait. Costs about 10 µs. The task completes on the loop, so
    /// what awaits it elsewhere without a SynchronizationContext goes on on the loop. With a <see cref="LoopOptions.Seed"/> the call runs on the
    /// loop's own thread, in a later turn that the seed chooses.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public Task<TResult> OffloadAsync<TArg, TResult>(Func<TArg, TResult> blocking, TArg arg, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blocking);
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<TResult>(cancellationToken);
        var call = new OffloadCall<TArg, TResult>(this, blocking, arg, cancellationToken);
        LiveTasks.Add(call);
        call.WatchCancellation();
        if (_offload.TryRun(call.Run)) return call.Task;
        call.Forget();
        LiveTasks.Remove(call);
        throw Ended();
    }

    /// <summary>A handler for <see cref="HttpClient"/> whose connections are this loop's own sockets. From any thread.</summary>
    /// <remarks>Its properties may be changed before the first request, except <see cref="SocketsHttpHandler.ConnectCallback"/>. Dispose it before the loop ends.</remarks>
    public SocketsHttpHandler CreateHttpHandler() => new()
    {
        ConnectCallback = (connection, cancellationToken) => SocketConnector.ConnectStreamAsync(this, connection.DnsEndPoint, cancellationToken),
    };

    /// <summary>Runs the loop on this thread until <see cref="Stop"/> has been called and nothing is ready any more.</summary>
    /// <remarks>A callback that throws ends the process, as an async void method does: the exception is thrown on the thread pool.</remarks>
    internal void RunUntilStopped() =>
        RunUntil(() => _stopping && _iteration.IsIdle, static exception => ThreadPool.UnsafeQueueUserWorkItem(
            static error => ExceptionDispatchInfo.Throw(error), exception, preferLocal: false), static () => { });

    /// <summary>Makes <see cref="RunUntilStopped"/> return once nothing is ready. From any thread; also before the loop runs; any number of times.</summary>
    internal void Stop() => TryPostLibrary(static self => ((EventLoop)self!)._stopping = true, this);

    /// <summary>Ends a loop that never ran.</summary>
    internal void Discard() => End(static _ => { });

    /// <summary>Turns until <paramref name="ended"/>, which is asked between turns. Then everything of the loop ends; it cannot run again.</summary>
    internal void RunUntil(Func<bool> ended, Action<Exception> onError, Action beforeEnd)
    {
        RefuseNested();
        var outerContext = SynchronizationContext.Current;
        var outerWork = _simulation?.Outside.Begin();
        _current = this;
        try
        {
            _iteration.Begin();
            _reports.Begin();
            Escapes?.Begin();
            if (_watched is not null) Watchdog.Add(_watched);
            while (!ended()) _iteration.Turn(onError);
            beforeEnd();
        }
        finally
        {
            Escapes?.End();
            End(onError);
            if (_watched is not null) Watchdog.Remove(_watched);
            _current = null;
            if (_simulation is not null) OutsideWork.End(outerWork);
            _reports.End();
            SynchronizationContext.SetSynchronizationContext(outerContext);
        }
    }

    /// <summary>Queues an entry: on the loop's thread directly, from another through a lock and, if the loop sleeps, a wake-up. False: the loop has ended.</summary>
    internal bool TryEnqueue(in ReadyEntry entry)
    {
        if (!IsCurrentThread) return _incoming.TryAdd(entry);
        Ready.Enqueue(entry);
        return true;
    }

    /// <summary>Queues a callback to run without a SynchronizationContext. False: the loop has ended.</summary>
    internal bool TryPostLibrary(Action<object?> callback, object? state) => TryEnqueue(new ReadyEntry(ReadyKind.Library, callback, state));

    /// <summary>A <see cref="LoopSignal"/> on this loop listens to Ctrl-C, so Run leaves it alone. From any thread.</summary>
    internal bool HasInterruptListener => Volatile.Read(ref _interruptListeners) > 0;

    /// <summary>Counts them: 1 for one more, -1 for one less.</summary>
    internal void CountInterruptListener(int change) => Interlocked.Add(ref _interruptListeners, change);

    /// <summary>To be disposed when the loop ends, unless it is disowned before. The loop's thread only.</summary>
    internal void Own(IDisposable part) => _owned.Add(part);

    internal void Disown(IDisposable part) => _owned.Remove(part);

    internal static ObjectDisposedException Ended() => new(nameof(EventLoop), "The event loop has ended; nothing can run on it any more.");

    /// <summary>The current loop, for members that only make sense on one.</summary>
    internal static EventLoop Require(string member) => _current ?? throw new InvalidOperationException(
        $"{member} must be called on an event loop: inside EventLoop.Run, or in work that a LoopExecutor runs.");

    private void End(Action<Exception> onError)
    {
        _reports.TellEnded(Waits());
        _timers.Close();
        CloseParts();
        for (var turn = 0; turn < LastTurns && !_iteration.IsIdle; turn++) _iteration.LastTurn(onError);
        _incoming.Close();
        _iteration.LastTurn(onError); // what came just before the door was shut
        _reports.TellRemaining(Ready, LiveTasks);
        _iteration.End();
        _offload.Close();
        CloseParts(); // what the last callbacks opened
        Poller.Dispose();
    }

    private void CloseParts()
    {
        foreach (var part in _owned.ToArray()) part.Dispose();
        Poller.CloseSockets();
    }

    private Poller CreatePoller(LoopPoller poller) => poller != LoopPoller.Portable && OperatingSystem.IsLinux()
        ? new EpollPoller(this)
        : new PortablePoller(this);

    private static void RefuseNested()
    {
        if (_current is not null)
            throw new InvalidOperationException("This thread runs an event loop already. Await the function here instead of running a second loop inside the first.");
    }
}
