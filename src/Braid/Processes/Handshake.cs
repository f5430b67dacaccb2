using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>
/// Both sides prove that they know the worker's secret without sending it, and speak the same version: Challenge → Hello → Welcome. Until
/// then a peer can make the other read 256 bytes, and nothing else.
/// </summary>
internal static class Handshake
{
    /// <summary>Raised with every change that an older peer would misread.</summary>
    internal const int Version = 3;

    private const int NonceLength = 32;
    private const int ProofLength = HMACSHA256.HashSizeInBytes;

    private static readonly WorkerSetup Unknown = new(0, 0, "", "");

    private static ReadOnlySpan<byte> WorkerRole => "braid worker"u8;

    private static ReadOnlySpan<byte> ParentRole => "braid parent"u8;

    /// <summary>Loads what a proof needs: the cryptographic library takes 5 ms, which whoever waits for a peer has to spare.</summary>
    internal static void Prepare() => _ = Prove(Unknown, ParentRole, [], []);

    /// <summary>The parent's side. Returns the worker's process id.</summary>
    /// <exception cref="InvalidFrameException">The peer is no worker of ours.</exception>
    internal static int Accept(Stream stream, FrameReader reader, WorkerSetup setup)
    {
        byte[] nonce = RandomBytes.Make(NonceLength);
        Send(stream, FrameType.Challenge, nonce);
        var hello = reader.Expect(FrameType.Hello).Fields;
        CheckVersion(hello.ReadInt32());
        int number = hello.ReadInt32();
        int processId = hello.ReadInt32();
        var build = hello.ReadGuid();
        byte[] workerNonce = hello.ReadBytes(NonceLength).ToArray();
        Check(hello.ReadBytes(ProofLength), Prove(setup, WorkerRole, nonce, workerNonce));
        hello.ExpectEnd();
        if (number != setup.Number) throw new InvalidFrameException($"Worker {number} came where worker {setup.Number} was expected.");
        if (build != Build) throw new InvalidFrameException("The worker runs another build of Braid than its parent.");
        Send(stream, FrameType.Welcome, Prove(setup, ParentRole, workerNonce, nonce));
        return processId;
    }

    /// <summary>The worker's side.</summary>
    /// <exception cref="InvalidFrameException">The peer is not our parent.</exception>
    internal static void Join(Stream stream, FrameReader reader, WorkerSetup setup)
    {
        var challenge = reader.Expect(FrameType.Challenge).Fields;
        CheckVersion(challenge.ReadInt32());
        byte[] nonce = challenge.ReadBytes(NonceLength).ToArray();
        challenge.ExpectEnd();
        byte[] own = RandomBytes.Make(NonceLength);
        var frames = new FrameBuffer();
        frames.Begin(FrameType.Hello);
        frames.WriteInt32(Version);
        frames.WriteInt32(setup.Number);
        frames.WriteInt32(Environment.ProcessId);
        frames.Write(Build.ToByteArray());
        frames.Write(own);
        frames.Write(Prove(setup, WorkerRole, nonce, own));
        frames.End();
        stream.Write(frames.Written.Span);

        var welcome = reader.Expect(FrameType.Welcome).Fields;
        CheckVersion(welcome.ReadInt32());
        Check(welcome.ReadBytes(ProofLength), Prove(setup, ParentRole, own, nonce));
        welcome.ExpectEnd();
    }

    private static Guid Build => typeof(Handshake).Module.ModuleVersionId;

    private static void Send(Stream stream, FrameType type, byte[] bytes)
    {
        var frames = new FrameBuffer();
        frames.Begin(type);
        frames.WriteInt32(Version);
        frames.Write(bytes);
        frames.End();
        stream.Write(frames.Written.Span);
    }

    // The role is part of what is proved: a peer cannot send our own proof back to us.
    private static byte[] Prove(WorkerSetup setup, ReadOnlySpan<byte> role, byte[] challenge, byte[] own) =>
        HMACSHA256.HashData(Encoding.ASCII.GetBytes(setup.Secret), (byte[])[.. role, .. challenge, .. own]);

    private static void CheckVersion(int version)
    {
        if (version != Version) throw new InvalidFrameException($"The peer speaks version {version} of the protocol; this is version {Version}.");
    }

    private static void Check(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected)
    {
        if (!CryptographicOperations.FixedTimeEquals(given, expected)) throw new InvalidFrameException("The peer does not know the secret.");
    }
}
