using System.Collections.Concurrent;
using System.Diagnostics;

namespace Braid.Processes;

/// <summary>
/// Starts every worker from a thread that lives as long as this process: on Linux a worker asks to be killed when its parent dies, and the
/// kernel takes "parent" to be the THREAD that started it. Started from a pool thread, workers would die whenever the pool shrinks.
/// </summary>
internal static class WorkerLauncher
{
    // One for each niceness that workers have: they inherit their thread's, and it cannot be taken back.
    private static readonly ConcurrentDictionary<int, Lazy<BlockingCollection<Request>>> Launchers = new();

    /// <summary>Starts a process; waits until it is there, about a millisecond.</summary>
    internal static Process Start(ProcessStartInfo info, WorkerPlace place)
    {
        var request = new Request(info, place, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Launchers.GetOrAdd(place.Niceness ?? int.MinValue, static niceness => new(() => Open(niceness))).Value.Add(request);
        return request.Started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Request> Open(int niceness)
    {
        var requests = new BlockingCollection<Request>();
        new Thread(() => Run(requests, niceness)) { Name = "Braid launcher", IsBackground = true }.Start();
        return requests;
    }

    private static void Run(BlockingCollection<Request> requests, int niceness)
    {
        WorkerPlace.MakeThreadNice(niceness);
        foreach (var (info, place, started) in requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(place.Start(info));
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }
    }

    private sealed record Request(ProcessStartInfo Info, WorkerPlace Place, TaskCompletionSource<Process> Started);
}
