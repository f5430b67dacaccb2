using System.Diagnostics;
using System.Net.Sockets;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>A worker process: reads calls on one thread, runs them one after another on the main thread, answers.</summary>
/// <remarks>
/// <code>
///  main thread:     inbox → Started, and with it the last Result → decode → work → encode
///  control thread:  Cancel → token   Recall → Returned   the parent is gone → exit at once
/// </code>
/// The <see cref="WorkerInbox"/> reads: Define → table, Call → queue.
/// An answer waits only for the next call's Started: it leaves with it in one write, and always before that call begins. So the parent knows
/// exactly what ran and what did not, whenever this process ends.
/// </remarks>
internal sealed class WorkerHost
{
    // sysexits.h: "software" for a broken protocol, "unavailable" for a parent that is gone, "system error" for memory that has run out.
    private const int OutOfMemory = 71;
    private const int BrokenProtocol = 70;
    private const int NoParent = 69;

    // Answers above this do not wait for the next call, which would begin when there is room for them.
    private const int LongAnswer = 4096;

    private readonly Stream _stream;
    private readonly SharedMemoryStream? _shared;
    private readonly FrameReader _reader;
    private readonly WorkerInbox _inbox;
    private readonly FunctionTable _functions = new();
    private readonly FrameBuffer _answers;

    // What every call begins with, so that what one leaves behind (AsyncLocal values, the culture) does not reach the next.
    private readonly ExecutionContext _clean = ExecutionContext.Capture()!;
    private InboxCall? _call;

    // Guards writes to _stream, so that frames do not mix.
    private readonly Lock _sendGate = new();

    private WorkerHost(Stream stream, FrameReader reader)
    {
        _stream = stream;
        _reader = reader;
        _shared = stream as SharedMemoryStream;
        _answers = new() { Large = _shared?.Payloads };
        _inbox = new(reader, _shared, _functions, GiveBack);
    }

    /// <summary>Becomes a worker if this process was started as one, and then never returns.</summary>
    internal static void RunIfWorker()
    {
        if (WorkerSetup.Take(WorkerCommand.Hook) is not { } setup) return;
        DieWithParent(setup);
        WorkerSignals.LeaveToParent();
        try
        {
            Connect(setup).Run();
            WorkerBuffers.WaitUntilReceived();
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidFrameException)
        {
            Console.Error.WriteLine($"Worker {setup.Number} has no connection to its parent: {exception.Message}");
            ExitNow(exception is InvalidFrameException ? BrokenProtocol : NoParent);
        }

        // Also when the work has left foreground threads behind.
        Environment.Exit(0);
    }

    private static WorkerHost Connect(WorkerSetup setup)
    {
        Stream stream = OperatingSystem.IsLinux() && LocalSocket.IsSupported ? LocalSocket.Connect(setup.SocketPath) : ConnectSocket(setup.SocketPath);
        Handshake.Prepare();
        var reader = new FrameReader(stream);
        Handshake.Join(stream, reader, setup);
        var transport = TransportOffer.Take(stream, reader, setup.ParentId);
        if (transport != stream) reader = new(transport);
        reader.LongestBody = int.MaxValue;
        return new(transport, reader);
    }

    private static NetworkStream ConnectSocket(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new(socket, ownsSocket: true);
    }

    private static void DieWithParent(WorkerSetup setup)
    {
        if (OperatingSystem.IsLinux()) Libc.DieWithParent();

        // It may have died before we asked; then we have another parent by now.
        if (!OperatingSystem.IsWindows() && Libc.GetParentId() != setup.ParentId) ExitNow(NoParent);
    }

    private static void ExitNow(int code)
    {
        if (OperatingSystem.IsWindows()) Environment.Exit(code);
        else Libc.ExitNow(code);
    }

    private void Run()
    {
        // Over a socket the control thread would read what is meant for the initializer.
        var control = new Thread(Control) { Name = "Braid control", IsBackground = true };
        if (_shared is not null) control.Start();
        if (!WorkerInitializer.TryRun(_reader, _stream)) return;
        if (_shared is null) control.Start();
        long now = SharedClock.Now();
        long reads = 0;
        while (true)
        {
            if (!_inbox.TryTake(out var call))
            {
                SendAnswers();
                if (!_inbox.TryWait()) return;
                now = SharedClock.Now();
                continue;
            }

            // What reading takes is no item's time, nor is what writing takes: much if a constant was among the frames, or the answer is long.
            if (_answers.Length > LongAnswer) SendAnswers();
            if (_reader.Reads != reads || _answers.IsEmpty)
            {
                reads = _reader.Reads;
                now = SharedClock.Now();
            }

            _answers.WriteStarted(call.ItemId, now);
            SendAnswers();
            _call = call;
            ExecutionContext.Run(_clean, static host => ((WorkerHost)host!).RunCall(), this);
            now = SharedClock.Now();
            _answers.WriteEnded(now);
        }
    }

    private void RunCall()
    {
        var call = _call!;
        try
        {
            var function = _functions.Find(call.Function);
            using var activity = call.TraceParent is null ? null : StartActivity(function.Name, call);
            function.Run(call.ItemId, ArgumentOf(call), _answers, function.TakesToken ? call.MakeToken() : CancellationToken.None);
        }
        catch (Exception exception) when (exception is not InvalidFrameException)
        {
            EndIfOutOfMemory(exception);

            // Only what is not the work: a function that is not found here, an activity listener that throws.
            _answers.Clear();
            RemoteError.Write(_answers, call.ItemId, exception, CancellationToken.None);
        }
        finally
        {
            if (call.IsLarge) _shared?.PayloadReader.LetGo();
        }
    }

    /// <summary>
    /// Where memory has run out nothing else can be relied on: what the work left half done stays so, and what took the memory may hold it. So
    /// the worker ends with the item, as when the kernel runs out of memory and kills it.
    /// </summary>
    private static void EndIfOutOfMemory(Exception exception)
    {
        if (!FunctionTable.IsOutOfMemory(exception)) return;
        try
        {
            Console.Error.WriteLine($"The work ran out of memory, and its worker ends with it. {exception}");
        }
        catch (Exception)
        {
            // Not even memory for that.
        }

        ExitNow(OutOfMemory);
    }

    private ReadOnlySpan<byte> ArgumentOf(InboxCall call)
    {
        if (!call.IsLarge) return call.Argument.Span;
        if (_shared is null) throw new InvalidFrameException("A large call came, and there is no shared memory.");
        var place = new FieldReader(call.Argument.Span);
        return _shared.PayloadReader.Find(ref place).Span;
    }

    // Called, and its assembly loaded, only where there is a trace.
    private static Activity StartActivity(string name, InboxCall call)
    {
        var activity = new Activity(name).SetParentId(call.TraceParent!);
        activity.TraceStateString = call.TraceState;
        return activity.Start();
    }

    private void SendAnswers()
    {
        if (_answers.IsEmpty) return;
        lock (_sendGate) _stream.Write(_answers.Written.Span);
        _answers.Clear();
    }

    private void Control()
    {
        try
        {
            if (_shared is not null)
                while (_shared.WaitForBell()) _inbox.TakeAll();
            else
                while (_reader.TryRead(out var frame)) _inbox.Take(frame);

            // Also while work runs: nobody is left to take its result.
            ExitNow(NoParent);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The same, in the middle of a frame.
            ExitNow(NoParent);
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"The worker's connection failed: {exception}");
            ExitNow(BrokenProtocol);
        }
    }

    // Here and now if that cannot wait: a worker is idle, and the first thread of a thread pool takes milliseconds to start. Otherwise not on this
    // thread: if the parent is sending us something big it reads nothing, and whoever waits for it to read must not be the one who reads what it
    // sends.
    private void GiveBack(long itemId)
    {
        if (TrySendReturned(itemId)) return;
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Host.SendReturned(state.ItemId), (Host: this, ItemId: itemId), preferLocal: false);
    }

    private bool TrySendReturned(long itemId)
    {
        if (_shared is null || !_sendGate.TryEnter()) return false;
        try
        {
            if (!_shared.HasRoomFor(Frame.HeaderLength + sizeof(long))) return false;
            SendReturned(itemId);
            return true;
        }
        finally
        {
            _sendGate.Exit();
        }
    }

    private void SendReturned(long itemId)
    {
        var frames = new FrameBuffer();
        frames.WriteItemFrame(FrameType.Returned, itemId);
        try
        {
            lock (_sendGate) _stream.Write(frames.Written.Span);
        }
        catch (IOException)
        {
            // The parent is gone; the reader sees that too and ends this process.
        }
    }
}
