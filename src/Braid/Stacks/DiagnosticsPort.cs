using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;

namespace Braid.Stacks;

/// <summary>The runtime's own door for diagnostic tools, in this same process: what dotnet-trace uses from outside.</summary>
/// <remarks>
/// A message is a header of 20 bytes (magic, length, command, reserved) and a payload, all little-endian. It is the published "diagnostics IPC
/// protocol" of .NET. The door is a Unix socket in the folder for temporary files, on Windows a named pipe; DOTNET_EnableDiagnostics=0 shuts it.
/// </remarks>
internal static class DiagnosticsPort
{
    private const int HeaderLength = 20;
    private const int LengthOffset = 14;
    private const int CommandOffset = 16;

    // The command set in the first byte (2: EventPipe, 0xFF: answers), the command in the second.
    private const ushort StopTracing = 0x0102;
    private const ushort CollectTracing4 = 0x0502;
    private const ushort Succeeded = 0x00FF;

    // Where a session's data lie until they are fetched. The samples of a few milliseconds take some kilobytes; the names of the methods come
    // when the session ends, as fast as they are read.
    private const uint BufferMegabytes = 8;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Begins a tracing session.</summary>
    /// <param name="provider">The provider of events.</param>
    /// <param name="namesKeyword">What the runtime tells of its methods when the session ends.</param>
    /// <param name="timeout">For each read and write.</param>
    /// <returns>The session's number, and the stream on which its data come.</returns>
    /// <exception cref="IOException">There is no such door, or nobody answers, or the answer is no.</exception>
    public static (ulong Session, Stream Data) Collect(string provider, ulong namesKeyword, TimeSpan timeout)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write(BufferMegabytes);
        writer.Write(1u); // the format: nettrace
        writer.Write(namesKeyword);
        writer.Write(true); // with stacks
        writer.Write(1u); // providers
        writer.Write(0ul); // keywords
        writer.Write(4u); // level: informational
        WriteText(writer, provider);
        WriteText(writer, "");
        writer.Flush();
        var stream = Connect(timeout);
        try
        {
            return (Ask(stream, CollectTracing4, payload.ToArray()), stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Ends a session. Its stream then brings what is left, and ends; only after that does the port answer, which nobody needs to hear.</summary>
    /// <returns>To be disposed when the session's stream has ended.</returns>
    public static Stream Stop(ulong session, TimeSpan timeout)
    {
        var stream = Connect(timeout);
        Send(stream, StopTracing, BitConverter.GetBytes(session));
        return stream;
    }

    private static Stream Connect(TimeSpan timeout)
    {
        if (OperatingSystem.IsWindows())
        {
            var pipe = new NamedPipeClientStream(".", $"dotnet-diagnostic-{Environment.ProcessId}", PipeDirection.InOut);
            pipe.Connect(timeout);
            return pipe;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)timeout.TotalMilliseconds,
            SendTimeout = (int)timeout.TotalMilliseconds,
        };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(SocketPath()));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException("the runtime's diagnostics port does not answer", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The name ends in the time at which the process started: another one of the same number, in another container or long ago, has another.
    private static string SocketPath()
    {
        var folder = Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } set ? set : "/tmp";
        var started = OperatingSystem.IsLinux() ? StartTime() : "*";
        return Directory.EnumerateFiles(folder, $"dotnet-diagnostic-{Environment.ProcessId}-{started}-socket").MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new IOException("this process has no diagnostics port; DOTNET_EnableDiagnostics=0 turns it off");
    }

    // The 22nd field of the process's state; the second, its name in parentheses, may hold spaces.
    private static string StartTime()
    {
        var state = File.ReadAllText("/proc/self/stat");
        return state[(state.LastIndexOf(')') + 2)..].Split(' ')[22 - 3];
    }

    /// <summary>Sends a command, and reads the number in the answer.</summary>
    private static ulong Ask(Stream stream, ushort command, ReadOnlySpan<byte> payload)
    {
        Send(stream, command, payload);
        Span<byte> answer = stackalloc byte[HeaderLength];
        stream.ReadExactly(answer);
        var rest = new byte[BinaryPrimitives.ReadUInt16LittleEndian(answer[LengthOffset..]) - HeaderLength];
        stream.ReadExactly(rest);
        if (BinaryPrimitives.ReadUInt16LittleEndian(answer[CommandOffset..]) != Succeeded || rest.Length < sizeof(ulong))
            throw new IOException($"the runtime's diagnostics port refused (0x{(rest.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(rest) : 0):X})");
        return BinaryPrimitives.ReadUInt64LittleEndian(rest);
    }

    private static void Send(Stream stream, ushort command, ReadOnlySpan<byte> payload)
    {
        var message = new byte[HeaderLength + payload.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(LengthOffset), (ushort)message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(CommandOffset), command);
        payload.CopyTo(message.AsSpan(HeaderLength));
        stream.Write(message);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length + 1);
        writer.Write(text.AsSpan());
        writer.Write('\0');
    }
}
