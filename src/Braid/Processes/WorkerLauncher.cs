using System.Collections.Concurrent;
using System.Diagnostics;

namespace Braid.Processes;

/// <summary>
/// Starts every worker from one thread that lives as long as this process: on Linux a worker asks to be killed when its parent dies, and the
/// kernel takes "parent" to be the THREAD that started it. Started from a pool thread, workers would die whenever the pool shrinks.
/// </summary>
internal static class WorkerLauncher
{
    private static readonly Lazy<BlockingCollection<Request>> Requests = new(Open);

    /// <summary>Starts a process; waits until it is there, about a millisecond.</summary>
    internal static Process Start(ProcessStartInfo info)
    {
        var request = new Request(info, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Requests.Value.Add(request);
        return request.Started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Request> Open()
    {
        var requests = new BlockingCollection<Request>();
        new Thread(Run) { Name = "Braid launcher", IsBackground = true }.Start(requests);
        return requests;
    }

    private static void Run(object? requests)
    {
        foreach (var (info, started) in ((BlockingCollection<Request>)requests!).GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }
    }

    private sealed record Request(ProcessStartInfo Info, TaskCompletionSource<Process> Started);
}
