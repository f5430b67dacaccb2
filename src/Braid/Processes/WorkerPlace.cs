using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace Braid.Processes;

/// <summary>Where in the machine a worker runs: how nice it is to other processes, and on which processor.</summary>
/// <remarks>
/// On Linux both are the launcher thread's while it starts the worker, and inherited: so they hold for every thread of the worker, and its
/// runtime counts the processors that it has. Set afterwards, from the parent or by the worker itself, they would miss threads that the
/// runtime has started by then.
/// </remarks>
/// <param name="Niceness">0 to 19; null: as nice as this process.</param>
/// <param name="Processor">The number of its processor; null: any.</param>
internal readonly record struct WorkerPlace(int? Niceness, int? Processor)
{
    private const int WholeProcess = 0;

    // What .NET on Unix gives for "below normal" and "idle" is 10 and 19; on Windows this divides them.
    private const int IdleNiceness = 10;

    /// <summary>The place of the worker with this number.</summary>
    internal static WorkerPlace Of(ProcessOptions options, int lane) =>
        new(options.Niceness, options.Processors is { } processors ? processors[lane % processors.Count] : null);

    /// <summary>False for what cannot be a processor's number; one that the machine does not have is found out when a worker starts.</summary>
    internal static bool IsPossible(int processor) => ProcessorMask.CanHold(processor) && (!OperatingSystem.IsWindows() || processor < 8 * nint.Size);

    /// <summary>Makes this thread as nice as the workers that it is to start. For ever: a thread may not take niceness back.</summary>
    internal static void MakeThreadNice(int niceness)
    {
        // A nicer program's workers stay as nice as it is: less would need a privilege.
        if (OperatingSystem.IsLinux() && Libc.GetNiceness(WholeProcess, 0) < niceness) _ = Libc.SetNiceness(WholeProcess, 0, niceness);
    }

    /// <summary>Starts the process here. On a launcher thread.</summary>
    /// <exception cref="InvalidOperationException">This program may not use the processor.</exception>
    internal Process Start(ProcessStartInfo info)
    {
        if (OperatingSystem.IsLinux()) return Processor is { } processor ? ProcessorMask.RunOn(processor, () => Process.Start(info)!) : Process.Start(info)!;
        var process = Process.Start(info)!;
        try
        {
            if (OperatingSystem.IsWindows()) Place(process);
            else if (Niceness is { } niceness && Libc.GetNiceness(WholeProcess, 0) < niceness) _ = Libc.SetNiceness(WholeProcess, process.Id, niceness);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended already; whoever waits for it finds out.
        }

        return process;
    }

    [SupportedOSPlatform("windows")]
    private void Place(Process process)
    {
        if (Niceness is > 0 and var niceness) process.PriorityClass = niceness >= IdleNiceness ? ProcessPriorityClass.Idle : ProcessPriorityClass.BelowNormal;
        if (Processor is { } processor) process.ProcessorAffinity = (nint)(1L << processor);
    }
}
