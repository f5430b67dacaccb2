using Braid.Wire;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>After the handshake: parent and worker agree on what carries all further frames, shared memory or the socket.</summary>
internal static class TransportOffer
{
    private const int NoDescriptor = -1;
    private const int IsMapped = 1;

    /// <summary>The parent's side. Returns what carries the frames from now on.</summary>
    /// <exception cref="InvalidOperationException">Shared memory was asked for and is not to be had.</exception>
    internal static Stream Make(Stream stream, FrameReader reader, int workerId, WorkerTransport transport)
    {
        SharedMemory? memory = null;
        SafeFileHandle? descriptor = null;
        try
        {
            if (transport != WorkerTransport.Socket && Libc.HasFutex) memory = TryCreate(transport, out descriptor);
            Send(stream, FrameType.Memory, memory is null ? NoDescriptor : (int)descriptor!.DangerousGetHandle());
            var answer = reader.Expect(FrameType.Mapped).Fields;
            bool isMapped = answer.ReadInt32() == IsMapped;
            answer.ExpectEnd();
            if (isMapped && memory is null) throw new InvalidFrameException("The worker says that it has mapped memory that it was not offered.");
            if (!isMapped && transport == WorkerTransport.SharedMemory)
                throw new InvalidOperationException("it could not map the shared memory; choose WorkerTransport.Automatic");
            if (!isMapped) return stream;
            var shared = new SharedMemoryStream(memory!, stream, workerId, isParent: true);
            memory = null; // Now the stream's.
            return shared;
        }
        finally
        {
            descriptor?.Dispose();
            memory?.Dispose();
        }
    }

    /// <summary>The worker's side.</summary>
    internal static Stream Take(Stream stream, FrameReader reader, int parentId)
    {
        var offer = reader.Expect(FrameType.Memory).Fields;
        int descriptor = offer.ReadInt32();
        offer.ExpectEnd();
        var memory = Libc.HasFutex && descriptor != NoDescriptor ? TryOpen(parentId, descriptor) : null;
        Send(stream, FrameType.Mapped, memory is null ? 0 : IsMapped);
        return memory is not null ? new SharedMemoryStream(memory, stream, parentId, isParent: false) : stream;
    }

    private static SharedMemory? TryCreate(WorkerTransport transport, out SafeFileHandle? descriptor)
    {
        descriptor = null;
        try
        {
            return SharedMemory.Create(SharedMemoryStream.MemoryLength, out descriptor);
        }
        catch (IOException) when (transport == WorkerTransport.Automatic)
        {
            // A sandbox that allows no memfd: the socket does it too.
            return null;
        }
    }

    private static SharedMemory? TryOpen(int parentId, int descriptor)
    {
        try
        {
            return SharedMemory.Open(parentId, descriptor, SharedMemoryStream.MemoryLength);
        }
        catch (IOException)
        {
            // No /proc, or one that hides the parent.
            return null;
        }
    }

    private static void Send(Stream stream, FrameType type, int value)
    {
        var frames = new FrameBuffer();
        frames.Begin(type);
        frames.WriteInt32(value);
        frames.End();
        stream.Write(frames.Written.Span);
    }
}
