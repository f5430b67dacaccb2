using System.Buffers.Binary;
using System.Net.Sockets;
using Braid.Processes;
using Braid.Wire;

namespace Braid.Tests.Processes;

/// <summary>
/// A worker that knows the secret and answers calls without running anything: a number with the next one, other things with themselves. At
/// <see cref="Poison"/> it breaks the protocol, once in a test; those that are started in its place are honest.
/// </summary>
internal sealed unsafe class FakeWorker
{
    internal const int Poison = 13;

    /// <summary>How a worker ends that ends by itself after its attack.</summary>
    internal const int ExitCode = 3;

    private const string AttackVariable = "BRAID_TESTS_ATTACK";
    private const string SeedVariable = "BRAID_TESTS_SEED";
    private const string OnceVariable = "BRAID_TESTS_ONCE";

    private readonly NetworkStream _socket;
    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly SharedMemory? _memory;
    private readonly FrameBuffer _answers = new();

    private FakeWorker(WorkerSetup setup)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(setup.SocketPath));
        _socket = new NetworkStream(socket, ownsSocket: true);
        _reader = new FrameReader(_socket);
        Handshake.Join(_socket, _reader, setup);
        int descriptor = _reader.Expect(FrameType.Memory).Fields.ReadInt32();
        _memory = descriptor < 0 ? null : SharedMemory.Open(setup.ParentId, descriptor, SharedMemoryStream.MemoryLength);
        _answers.Begin(FrameType.Mapped);
        _answers.WriteInt32(_memory is null ? 0 : 1);
        _answers.End();
        Send(_socket);
        _stream = _memory is null ? _socket : new SharedMemoryStream(_memory, _socket, setup.ParentId, isParent: false);
        if (_memory is not null) _reader = new FrameReader(_stream);
        _reader.LongestBody = int.MaxValue;
    }

    /// <summary>What the parent gives its workers so that they are fakes.</summary>
    internal static Dictionary<string, string?> Variables(Attack attack, int seed, string oncePath) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(FakeWorker).Assembly.Location,
        [AttackVariable] = attack.ToString(),
        [SeedVariable] = $"{seed}",
        [OnceVariable] = oncePath,
    };

    internal static void RunIfFake()
    {
        if (!Enum.TryParse(Environment.GetEnvironmentVariable(AttackVariable), out Attack attack)) return;
        if (attack == Attack.WrongVersion) RefuseVersion();
        var setup = WorkerSetup.Take(WorkerCommand.Hook)!;
        if (OperatingSystem.IsLinux()) Libc.DieWithParent();
        new FakeWorker(setup).Run(attack);
    }

    private static void RefuseVersion()
    {
        var setup = WorkerSetup.Take(WorkerCommand.Hook)!;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(setup.SocketPath));
        using var stream = new NetworkStream(socket);
        new FrameReader(stream).Expect(FrameType.Challenge);
        var hello = new FrameBuffer();
        hello.Begin(FrameType.Hello);
        hello.WriteInt32(Handshake.Version + 1);
        hello.End();
        stream.Write(hello.Written.Span);
        WaitForEnd(stream);
    }

    private static void WaitForEnd(NetworkStream socket)
    {
        try
        {
            while (socket.ReadByte() >= 0)
            {
            }
        }
        catch (IOException)
        {
        }

        Environment.Exit(ExitCode);
    }

    private void Run(Attack attack)
    {
        _reader.Expect(FrameType.Initialize);
        while (_reader.TryRead(out var frame))
        {
            if (frame.Type == FrameType.Goodbye) Environment.Exit(0);
            if (frame.Type != FrameType.Call) continue;
            var call = new InboxCall();
            call.Read(frame);
            if (IsPoison(call) && IsFirst()) Strike(attack, call);
            else Answer(call);
        }

        Environment.Exit(0);
    }

    private static bool IsPoison(InboxCall call) => call.Argument.Length == sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(call.Argument.Span) == Poison;

    private static bool IsFirst()
    {
        try
        {
            using var once = new FileStream(Environment.GetEnvironmentVariable(OnceVariable)!, FileMode.CreateNew);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Answer(InboxCall call)
    {
        _answers.WriteStarted(call.ItemId, SharedClock.Now());
        _answers.BeginEnd(FrameType.Result, call.ItemId);
        if (call.Argument.Length == sizeof(int)) _answers.WriteInt32(BinaryPrimitives.ReadInt32LittleEndian(call.Argument.Span) + 1);
        else _answers.Append(call.Argument.Span);
        _answers.End();
        Send(_stream);
    }

    private void Strike(Attack attack, InboxCall call)
    {
        if (attack == Attack.HeadAhead) Answer(call);
        else if (attack is not (Attack.ResultBeforeStarted or Attack.RandomBytes)) _answers.WriteStarted(call.ItemId, SharedClock.Now());
        int seed = int.Parse(Environment.GetEnvironmentVariable(SeedVariable)!, System.Globalization.CultureInfo.InvariantCulture);
        _answers.Append(Attacks.Bytes(attack, call.ItemId, seed));
        Send(_stream);
        if (attack == Attack.ByteOnSocket) _socket.WriteByte(1);
        if (_memory is not null) Attacks.Scribble(attack, _memory.Address);
        if (attack is Attack.CutFrame or Attack.HugeResult) Environment.Exit(ExitCode);
        WaitForEnd(_socket);
    }

    private void Send(Stream stream)
    {
        if (!_answers.IsEmpty) stream.Write(_answers.Written.Span);
        _answers.Clear();
    }
}
