using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Braid.Processes;

namespace Braid;

/// <summary>Runs work in child processes: a crash ends one item and nothing else, and work that does not stop is stopped.</summary>
/// <remarks>
/// <code>
///  parent                                                       child: the same program, started with DOTNET_STARTUP_HOOKS
///  submit: CallQueue                                            StartupHook → WorkerHost, never reaches Main
///  take:   a WorkerConnection pulls ◄── Challenge, Hello ─────► both sides prove that they know the secret
///          Memory ──────────────────────────────────── Mapped   from here on two rings in shared memory carry the frames, if there are any
///          ready ◄──────────────────── Initialize, Initialized ─► the initializer runs once, before any call
///  run:    Define, Call ──────────────────────────────────────► WorkerInbox → FunctionTable → decode → invoke, on the main thread
///          item.MarkStarted ◄───────────────────────── Started
///  finish: item.Complete, item.Fail ◄───────── Result or Error
///
///  cancel, time limit: Cancel ──► token; half of KillAfter later SIGTERM, then SIGKILL: this item ends, the worker is replaced
///  crash:              end of stream: the item that ran fails, calls that had not begun go back to the queue
///  worn:               enough items, grown, idle too long: no more calls, Goodbye; its successor starts while its last call runs
///  too big:            MemoryWatch → SIGKILL, as a crash
///  a caller that waits: looks at the rings itself for a moment (TryAdvance) before it sleeps: no thread switch for quick items
///  large payloads:     lie in shared memory of their own; the frame says where
///  items up to 100 ms: calls ahead per worker, Recalled for an idle worker or when the item before them proves long: none waits behind a slow one
/// </code>
/// <para>
/// Workers start when an item needs one and stay, unless the options say when they end. Arguments and results are copied, all but a
/// <see cref="SharedBuffer"/>; work must capture nothing; static fields are the worker's own. An item runs at most once. Thread-safe.
/// </para>
/// </remarks>
public sealed partial class ProcessExecutor : Executor
{
    // How far a map reads ahead while items are tiny. With 32, as for all others on two workers, it did 900,000 a second on a quiet machine and
    // 10,000 beside two programs that compute; with 4,096 1,500,000 and 400,000. `benchmarks processes-throughput` and `processes-busy`.
    private const int MostTinyAhead = 4096;

    private const string TrimmingAdvice = "Use a ThreadExecutor or a LoopExecutor; in a file-based program that is not published add the line '#:property PublishAot=false'.";

    private readonly Lazy<SocketFolder> _folder = new(static () => new SocketFolder());

    // Guards _disposal.
    private readonly Lock _gate = new();
    private Task? _disposal;
    private bool _isPossible;

    /// <summary>Starts no process yet.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="WorkNotPortableException">The initializer captures something.</exception>
    /// <exception cref="PlatformNotSupportedException">
    /// An option asks for what this operating system does not have; or the program was trimmed or compiled natively, and has not what workers need.
    /// </exception>
    [RequiresUnreferencedCode("Worker processes find functions and types by reflection, which trimming removes. " + TrimmingAdvice)]
    [RequiresDynamicCode("Worker processes need the .NET runtime. " + TrimmingAdvice)]
    public ProcessExecutor(ProcessOptions? options = null)
        : base(options ?? new())
    {
        WorkerCommand.ThrowIfTrimmed();
        Options = options ?? new();
        Queue = new(Options.Workers, TimeProvider, lane => new WorkerConnection(this, lane));
        MemoryWatch = MemoryWatch.For(Options, Queue);
        IdleWatch = IdleWatch.For(Options, Queue);
        PeakWatch = new(Queue);
        RecallWatch = new(Queue);
    }

    /// <summary>The number of workers: each runs one item at a time.</summary>
    public override int Capacity => Options.Workers;

    // While items are tiny, what the workers may have at hand and as much again, from which they are refilled without the consumer.
    internal override int ReadAhead => Math.Max(QueuedReadAhead, (int)Math.Min(2L * Queue.Depth, MostTinyAhead));

    internal ProcessOptions Options { get; }

    internal CallQueue Queue { get; }

    internal MemoryWatch? MemoryWatch { get; }

    internal IdleWatch? IdleWatch { get; }

    internal PeakWatch PeakWatch { get; }

    internal RecallWatch RecallWatch { get; }

    /// <summary>Queues the item; an idle worker gets it at once, and one more worker is started if none is idle and there are fewer than allowed.</summary>
    /// <exception cref="WorkNotPortableException">The work captures something, or its argument or result cannot be sent.</exception>
    /// <exception cref="InvalidOperationException">This program cannot be started as a worker; the message says what to change.</exception>
    protected internal override ValueTask SubmitAsync(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Function.WhyNotPortable is { } reason)
            throw new WorkNotPortableException($"{reason} Or use a ThreadExecutor, which runs it as it is.");

        ThrowIfImpossible();
        bool isAccepted = Queue.TryAdd(new ProcessCall(item, Activity.Current), out var idle, out var start);
        if (!isAccepted)
        {
            ObjectDisposedException.ThrowIf(Queue.IsClosed, this);
            item.Fail(Queue.Failure!.For(item));
            return default;
        }

        start?.Start();
        idle?.Wake();
        return default;
    }

    /// <summary>Finishes what was accepted, then ends the workers; those that do not end within <see cref="ProcessOptions.KillAfter"/> are killed.</summary>
    public override ValueTask DisposeAsync()
    {
        lock (_gate) return new(_disposal ??= DisposeOnceAsync());
    }

    // Without a worker there is nothing to look at, and those that start need the processor.
    internal override bool CanAdvance => Queue.Ready.Length > 0;

    internal override void BeginLooking()
    {
        foreach (var worker in Queue.Ready) worker.BeginLooking();
    }

    internal override bool TryAdvance()
    {
        bool isAny = false;
        foreach (var worker in Queue.Ready) isAny |= worker.TryAdvance();
        return isAny;
    }

    internal override void PauseLooking()
    {
        foreach (var worker in Queue.Ready) worker.PauseLooking();
    }

    internal override void EndLooking()
    {
        foreach (var worker in Queue.Ready) worker.EndLooking();
    }

    internal string NextSocket() => _folder.Value.NextSocket();

    internal void BeginSweep() => _folder.Value.BeginSweep();

    private void ThrowIfImpossible()
    {
        if (_isPossible) return;
        WorkerCommand.ThrowIfImpossible();
        _isPossible = true;

        // Before anything else that the first call needs: nothing takes longer.
        Queue.ReserveFirst()?.Start();
    }

    private async Task DisposeOnceAsync()
    {
        Queue.Close();
        await Queue.Drained.ConfigureAwait(false);
        PeakWatch.Stop();
        RecallWatch.Dispose();
        var workers = Queue.Workers();
        IdleWatch?.Dispose();
        foreach (var worker in workers) worker.Stop();
        foreach (var worker in workers) await worker.Ended.ConfigureAwait(false);
        MemoryWatch?.Dispose();
        if (_folder.IsValueCreated) _folder.Value.Dispose();
    }
}
