using System.Collections.Concurrent;
using System.Diagnostics;

namespace Braid.Processes;

/// <summary>
/// Starts every worker from a thread that lives as long as this process: on Linux a worker asks to be killed when its parent dies, and the
/// kernel takes "parent" to be the THREAD that started it. Started from a pool thread, workers would die whenever the pool shrinks.
/// </summary>
internal static class WorkerLauncher
{
    // One for each niceness that workers have: they inherit their thread's, and it cannot be taken back. Guarded by itself.
    private static readonly Dictionary<int, BlockingCollection<Request>> Launchers = [];

    /// <summary>Starts a process; waits until it is there, about a millisecond.</summary>
    internal static Process Start(ProcessStartInfo info, WorkerPlace place)
    {
        var request = new Request(info, place, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Of(place.Niceness ?? int.MinValue).Add(request);
        return request.Started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Request> Of(int niceness)
    {
        lock (Launchers)
        {
            if (Launchers.TryGetValue(niceness, out var requests)) return requests;
            requests = [];
            new Thread(() => Run(requests, niceness)) { Name = "Braid launcher", IsBackground = true }.UnsafeStart();
            Launchers.Add(niceness, requests);
            return requests;
        }
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
