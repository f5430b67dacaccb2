using System.Net.Sockets;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>The parent's end of one worker, from its start to its burial, told by one thread: start · handshake · read · end.</summary>
/// <remarks>
/// The other parts of this class have what happens in between: Calls what is sent, Answers what comes back, Stopping how an item is ended, Care what
/// is done for the worker, Blame whose fault an end was.
/// </remarks>
internal sealed partial class WorkerConnection
{
    // A worker is there after 50 to 100 ms; on a machine that swaps it takes seconds. Then something is wrong with it.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    // A worker answers at once; a stranger that connects and says nothing keeps it waiting this long.
    private static readonly TimeSpan StrangerLimit = TimeSpan.FromSeconds(2);

    // From the end of the connection to the end of the process: only work that closed our socket itself takes longer.
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(2);

    // How often a start looks whether the process is still alive.
    private const int PollMicroseconds = 50_000;

    private const int SecretLength = 32;

    private readonly ProcessExecutor _executor;
    private readonly CallQueue _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _workAhead;
    private readonly long _longItem;
    private readonly Func<CancellationToken, bool> _isUsed;
    private readonly CancellationWatch _watch;
    private Stream _stream = null!;
    private SharedMemoryStream? _shared;
    private FrameReader _reader = null!;
    private FrameWriter _writer = null!;
    private volatile WorkerProcess? _process;
    private volatile bool _isStopping;
    private ITimer? _stopTimer;
    private string? _refusal;

    internal WorkerConnection(ProcessExecutor executor, int lane)
    {
        _executor = executor;
        _queue = executor.Queue;
        Lane = lane;
        _workAhead = (long)(WorkAhead.TotalSeconds * executor.TimeProvider.TimestampFrequency);
        _longItem = (long)(LongItem.TotalSeconds * executor.TimeProvider.TimestampFrequency);
        _isUsed = IsUsed;
        _watch = new(OnCancelled);
    }

    /// <summary>The worker's number and its row on the timeline.</summary>
    internal int Lane { get; }

    internal Task Ended => _ended.Task;

    private string Name => $"worker {Lane}";

    private string Origin => $"{Name} (process {_process?.Id})";

    internal void Start() => new Thread(Run) { Name = $"Braid {Name}", IsBackground = true }.UnsafeStart();

    /// <summary>Lets it go: its calls have ended. Kills it if it does not end.</summary>
    internal void Stop()
    {
        bool isReady;
        lock (_queue.Gate)
        {
            _isStopping = true;
            isReady = IsReady;
            if (_isDismissed) return;
            _isDismissed = isReady;
        }

        if (!isReady)
        {
            // Nothing waits for it any more; its thread finds it dead.
            _process?.Kill();
            return;
        }

        _stopTimer = _executor.TimeProvider.CreateTimer(static worker => ((WorkerConnection)worker!).Kill(), this, _executor.Options.KillAfter, Timeout.InfiniteTimeSpan);
        _writer.AddGoodbye();
        _writer.FlushElsewhere();
    }

    private void Run()
    {
        try
        {
            Open();
            Initialize();
        }
        catch (Exception exception)
        {
            EndFailedStart(exception);
            return;
        }

        SampleMemory();
        _lastAt = _executor.TimeProvider.GetTimestamp();
        _queue.OnReady(this);
        _executor.MemoryWatch?.Start();
        Record(TracePhase.WorkerStarted, $"process {_process!.Id}");
        if (_isStopping) Stop();
        string? reason = ReadFrames();
        End(reason);
    }

    /// <summary>Starts the process and waits until it has proved who it is.</summary>
    private void Open()
    {
        string path = _executor.NextSocket();
        var setup = new WorkerSetup(Lane, Environment.ProcessId, path, RandomBytes.MakeText(SecretLength));
        try
        {
            using var listener = new WorkerListener(path);
            _process = WorkerProcess.Start(WorkerCommand.Create(_executor.Options, setup), Lane, WorkerPlace.Of(_executor.Options, Lane));
            Handshake.Prepare();
            do WaitForConnection(listener.Socket);
            while (!TryAccept(listener.Socket, setup));
        }
        finally
        {
            // From here on nobody can connect, and nothing is left if this process is killed.
            File.Delete(path);
        }
    }

    private void WaitForConnection(Socket listener)
    {
        long began = _executor.TimeProvider.GetTimestamp();
        while (true)
        {
            // Asked before the look: a worker that connected, said why it cannot be one, and ended has left that in the socket.
            bool hasEnded = _process!.HasExited;
            if (!_isStopping && listener.Poll(hasEnded ? 0 : PollMicroseconds, SelectMode.SelectRead)) return;

            // Before the listener goes: the worker would find it gone and say so.
            if (_isStopping) _process.Kill();
            if (hasEnded || _isStopping)
                throw new InvalidOperationException(_refusal is null ? "it ended before it was ready" : $"it ended before it was ready; who connected last was refused: {_refusal}");
            if (_executor.TimeProvider.GetElapsedTime(began) > StartLimit)
                throw new InvalidOperationException($"it did not connect within {StartLimit.TotalSeconds} seconds");
        }
    }

    private bool TryAccept(Socket listener, WorkerSetup setup)
    {
        var stream = new NetworkStream(listener.Accept(), ownsSocket: true) { ReadTimeout = (int)StrangerLimit.TotalMilliseconds };
        var reader = new FrameReader(stream);
        try
        {
            int id = Handshake.Accept(stream, reader, setup);
            if (id != _process!.Id) throw new InvalidFrameException($"Process {id} came where process {_process.Id} was expected.");
        }
        catch (Exception exception) when (exception is IOException or InvalidFrameException)
        {
            // A stranger, or a worker that broke off: the next one may be ours, or its process has ended and tells why.
            _refusal = exception.Message;
            stream.Dispose();
            return false;
        }

        _stream = stream;
        stream.ReadTimeout = (int)StartLimit.TotalMilliseconds;
        _stream = TransportOffer.Make(stream, reader, _process!.Id, _executor.Options.Transport);
        stream.ReadTimeout = Timeout.Infinite;
        _shared = _stream as SharedMemoryStream;
        _reader = _stream == stream ? reader : new FrameReader(_stream);
        _reader.LongestBody = int.MaxValue;
        _writer = new FrameWriter(_stream);
        _frames = new() { Large = _shared?.Payloads };
        return true;
    }

    private void EndFailedStart(Exception exception)
    {
        _process?.Kill();
        var exit = _process?.WaitForExit(ExitLimit) ?? default;
        string reason = _process is null ? exception.Message : $"{exception.Message}: {exit}";
        if (!_isStopping) Record(TracePhase.WorkerLost, reason);
        CountIfLost();
        var loss = new WorkerLoss(Lane, _process, exit, reason);
        Leave(call => loss.AtStart(call.Item), hasFailed: !_isStopping);
    }

    /// <summary>Until the connection ends. Returns what the worker did wrong, if anything.</summary>
    private string? ReadFrames()
    {
        try
        {
            // What waits goes out first, and nobody waits for room yet.
            Refill(mayWait: false);
            _shared?.Watch();
            _executor.BeginSweep();
            if (_shared is not null) ReadShared();
            else ReadSocket();
            return null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (InvalidFrameException exception)
        {
            _process!.Kill();
            return $"it broke the protocol ({exception.Message})";
        }
    }

    private void End(string? reason)
    {
        CloseCalls();
        var exit = _process!.WaitForExit(ExitLimit);
        reason ??= _endReason;
        reason = reason is null ? exit.ToString() : $"{reason}, {exit}";
        if (!_isStopping) Record(TracePhase.WorkerLost, $"process {_process.Id}: {reason}");
        CountIfLost();
        var loss = new WorkerLoss(Lane, _process, exit, reason);
        FailStarted(loss);
        Leave(call => loss.Before(call.Item, _executor.Name), hasFailed: !_isStopping && !_hasWorked);
    }

    /// <summary>From here on the worker is given nothing.</summary>
    private void CloseCalls()
    {
        lock (_sendGate)
        {
            lock (_queue.Gate)
            {
                _isClosed = true;
                EndStopping();
            }
        }
    }

    /// <summary>The last step: the lane is free, calls go back to the queue, others start in its place.</summary>
    private void Leave(Func<ProcessCall, Exception> reason, bool hasFailed)
    {
        var given = new List<ProcessCall>();
        var starts = _queue.OnGone(this, hasFailed, given);
        foreach (var call in given) EndCall(call, _queue.Failure?.For(call.Item) ?? reason(call));
        foreach (var start in starts) start.Start();
        WakeIdle();
        _queue.SuccessorOf(this)?.Wake();
        _stopTimer?.Dispose();
        lock (_sendGate) _watch.Dispose();
        _stream?.Dispose();
        _process?.Dispose();
        _ended.SetResult();
    }

    private void Kill() => _process?.Kill();

    private void Record(TracePhase phase, string detail) => _executor.Timeline?.Record(0, Name, phase, _executor.Name, Lane, detail);
}
