using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Braid.Tests.Processes;

/// <summary>Work that ends its process in every way there is, and work that does not end.</summary>
public static partial class Crashes
{
    internal const int Kill = 9;
    internal const int Hangup = 1;
    internal const int Interrupt = 2;
    internal const int Quit = 3;
    internal const int Stop = 19;

    private static readonly List<byte[]> Kept = [];
    private static PosixSignalRegistration? _registration;

    /// <summary>A bad pointer in native code: the kernel's answer.</summary>
    public static int FaultInNativeCode(int x) => (int)Length(new nint(8));

    /// <summary>The same in code that .NET has compiled: it tells of it and aborts.</summary>
    public static int WriteThroughBadPointer(int x)
    {
        Marshal.WriteInt32(new nint(1 << 20), x);
        return x;
    }

    public static int FailFast(int x)
    {
        Environment.FailFast("on purpose");
        return x;
    }

    public static int Exit(int code)
    {
        Console.Error.WriteLine("leaving now");
        Environment.Exit(code);
        return code;
    }

    public static int Overflow(int x) => x == int.MinValue ? x : Overflow(x + 1) + Overflow(x + 2);

    public static int TakeAllMemory(int x)
    {
        while (true) Kept.Add(GC.AllocateArray<byte>(1_000_000));
    }

    public static int Talk(int lines)
    {
        for (int i = 1; i <= lines; i++) Console.Error.WriteLine($"line {i}.");
        Environment.Exit(7);
        return 0;
    }

    /// <summary>Takes memory, says so in a file, and ends at the signal that the test sends.</summary>
    public static int TakeMemoryAndWait(MemoryCall call)
    {
        byte[] memory = GC.AllocateArray<byte>(call.Bytes, pinned: true);
        Array.Fill(memory, (byte)1);
        File.WriteAllText(call.Path, "x");
        Thread.Sleep(Timeout.Infinite);
        return memory[^1];
    }

    /// <summary>Leaves a trace of each start and ends the process if the argument says so.</summary>
    public static int TouchAndEndIf(Trace call)
    {
        File.AppendAllText(call.Path, $"{call.Number} ");
        if (call.Ends) Environment.Exit(7);
        return call.Number;
    }

    public static int LoopForEver(int x)
    {
        while (Environment.ProcessId != 0) x++;
        return x;
    }

    public static int SleepForEver(int x)
    {
        Thread.Sleep(Timeout.Infinite);
        return x;
    }

    public static int BlockInNativeCode(int x) => Sleep(100_000);

    public static int IgnoreTerminate(string ready)
    {
        _registration ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        File.WriteAllText(ready, "x");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    /// <summary>Cleans up when it is told to end, then ends by itself.</summary>
    public static int CleanUpAtTerminate(Cleaning call)
    {
        _registration ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ =>
        {
            File.WriteAllText(call.Cleaned, "x");
            Environment.Exit(0);
        });
        File.WriteAllText(call.Ready, "x");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    /// <summary>Ends its item, not its process, when it is told to end.</summary>
    public static int EndItemAtTerminate(string ready)
    {
        using var told = new ManualResetEventSlim();
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            told.Set();
        });
        File.WriteAllText(ready, "x");
        told.Wait();
        return Environment.ProcessId;
    }

    /// <summary>Starts a process that outlives everything, and waits for it.</summary>
    public static int StartChildAndWait(string path)
    {
        using var child = Process.Start("sleep", "1000");
        File.WriteAllText(path, $"{child.Id}.");
        child.WaitForExit();
        return child.ExitCode;
    }

    public static int SignalSelf(int signal)
    {
        Send(Environment.ProcessId, signal);
        return Environment.ProcessId;
    }

    public static int TakeArgument(EndsWhenDecoded value) => value.Number;

    public static EndsWhenEncoded GiveResult(int x) => new();

    public static int Ask(HostileText text) => LoopForEver(0);

    internal static void Send(int processId, int signal)
    {
        if (SendSignal(processId, signal) != 0) throw new InvalidOperationException($"There is no process {processId}.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "strlen")]
    private static partial nuint Length(nint text);

    [LibraryImport("libc", EntryPoint = "sleep")]
    private static partial int Sleep(int seconds);
}

public sealed record Trace(string Path, int Number, bool Ends);

public sealed record Cleaning(string Ready, string Cleaned);

public sealed record MemoryCall(string Path, int Bytes);

/// <summary>Whoever decodes it ends; the parent only encodes it.</summary>
public sealed class EndsWhenDecoded
{
    private readonly int _number = 1;

    public int Number
    {
        get => _number;
        init
        {
            Environment.Exit(21);
            _number = value;
        }
    }

    public static EndsWhenDecoded Make() => new();
}

/// <summary>Whoever encodes it ends; only workers do.</summary>
public sealed class EndsWhenEncoded
{
    private int _number;

    public int Number
    {
        get
        {
            Environment.Exit(22);
            return _number;
        }

        set => _number = value;
    }
}

public sealed record HostileText
{
    public override string ToString() => throw new InvalidOperationException("no text for you");
}
