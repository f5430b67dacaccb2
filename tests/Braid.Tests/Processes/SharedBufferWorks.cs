using System.Diagnostics;

namespace Braid.Tests.Processes;

/// <summary>Work on shared buffers.</summary>
public static class SharedBufferWorks
{
    private static SharedBuffer? _last;

    public static SharedBuffer AddOne(SharedBuffer buffer)
    {
        foreach (ref byte value in buffer.Span) value++;
        return buffer;
    }

    public static SharedBuffer Make(int length)
    {
        var buffer = SharedBuffer.Create(length);
        buffer.Span.Fill(3);
        return buffer;
    }

    public static SharedBuffer MakeAndDispose(int length)
    {
        using var buffer = SharedBuffer.Create(length);
        return buffer;
    }

    public static long Sum(SharedBuffer buffer)
    {
        long sum = 0;
        foreach (byte value in buffer.Span) sum += value;
        return sum;
    }

    public static bool IsLast(SharedBuffer buffer)
    {
        bool isLast = ReferenceEquals(_last, buffer);
        _last = buffer;
        return isLast;
    }

    /// <summary>Ends when two processes are in it at once: the first sets one byte and waits for the other, the second the reverse.</summary>
    public static int ShakeHands(SharedBuffer buffer)
    {
        int own = Interlocked.Exchange(ref buffer.Span[0], 1) == 0 ? 0 : 1;
        if (own == 1) Volatile.Write(ref buffer.Span[1], 1);
        while (Volatile.Read(ref buffer.Span[1]) == 0) Thread.Yield();
        return Environment.ProcessId;
    }

    public static long WriteAndDie(SharedBuffer buffer)
    {
        buffer.Span.Fill(9);
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public static int Descriptors(int ignored) => Directory.GetFiles("/proc/self/fd").Length;

    public static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        process.WaitForExit();
    }
}
