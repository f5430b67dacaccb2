using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Braid.Tests.Support;

/// <summary>Work for the contract tests: static methods of one argument, so that every engine can run them.</summary>
public static class Works
{
    public static readonly AsyncLocal<string?> Local = new();

    public static int AddOne(int x) => x + 1;

    public static int FailAt3(int x) => x == 3 ? throw new InvalidDataException("three is not to be had") : x;

    /// <summary>Ends its process at 1: only for engines whose work runs in another one.</summary>
    public static int ExitAt1(int x)
    {
        if (x == 1) Environment.Exit(42);
        return x;
    }

    public static int FailUnreadably(int x) => throw new UnreadableException(x);

    public static int AlwaysFail(int x) => throw new InvalidDataException($"no {x}");

    public static async Task<int> FailAt3Async(int x)
    {
        await Task.Yield();
        return FailAt3(x);
    }

    /// <summary>Waits at the gate; returns its id, fails, or is cancelled, as it is told.</summary>
    public static async Task<int> PassAsync(GateCall call, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, call.Port, cancellationToken);
        var stream = client.GetStream();
        var id = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(id, call.Id);
        await stream.WriteAsync(id, cancellationToken);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        if ((GateAnswer)answer[0] == GateAnswer.Fail) throw new InvalidDataException($"gate {call.Id} is closed");
        return call.Id;
    }

    /// <summary>Like <see cref="PassAsync"/>, but deaf to its token.</summary>
    public static Task<int> PassStubbornlyAsync(GateCall call) => PassAsync(call, CancellationToken.None);

    /// <summary>Fails until it has been called <see cref="Tries.Needed"/> times; the calls are counted in a file, so in whatever process.</summary>
    public static int SucceedAtLast(Tries tries)
    {
        ArgumentNullException.ThrowIfNull(tries);
        File.AppendAllText(tries.Path, "x");
        long calls = new FileInfo(tries.Path).Length;
        return calls >= tries.Needed ? (int)calls : throw new InvalidDataException($"call {calls} of {tries.Needed}");
    }

    /// <summary>Leaves a trace of having run.</summary>
    public static int Touch(string path)
    {
        File.AppendAllText(path, "x");
        return 1;
    }

    public static string? ReadLocal(int x) => Local.Value;

    public static async Task<string?> ReadLocalAsync(int x)
    {
        await Task.Yield();
        return Local.Value;
    }

    public static string? ReadTraceId(int x) => Activity.Current?.TraceId.ToString();
}

public sealed record Tries(string Path, int Needed);

/// <summary>An exception as careless code has them.</summary>
public sealed class UnreadableException(int x) : Exception
{
    public override string Message => throw new InvalidOperationException($"no message for {x}");
}
