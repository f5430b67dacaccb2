using System.Net;

namespace Braid.Benchmarks.Soaking;

/// <summary>Serves on loops of its own, from the start until its disposal. No failure of a client may reach it.</summary>
/// <param name="poller">What watches its sockets.</param>
/// <param name="loops">On how many loops; if several, each listens at the same port, and the system spreads what comes.</param>
internal abstract class SoakServer(LoopPoller poller, int loops) : IAsyncDisposable
{
    private readonly LoopExecutor _executor = new(new LoopOptions { Poller = poller, Loops = loops });
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly List<EventLoop> _loops = [];

    /// <summary>Where it listens.</summary>
    internal EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Those on which it serves.</summary>
    internal IEnumerable<EventLoop> Loops => _loops;

    /// <summary>Whether several loops take one port.</summary>
    protected bool SharePort { get; } = loops > 1;

    /// <summary>Listens, one loop after the other: the first may have asked for any port.</summary>
    /// <param name="endpoint">Where; port 0: any free one.</param>
    internal async Task StartAsync(EndPoint endpoint)
    {
        EndPoint = endpoint;
        for (int number = 1; number <= loops; number++)
        {
            var listening = new TaskCompletionSource<EndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
            _serving.Add(_executor.RunAsync((name, token) => ServeOnAsync(name, listening, token), $"loop {number}", _stop.Token).AsTask());
            await await Task.WhenAny(listening.Task, _serving[^1]);
            EndPoint = await listening.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        foreach (var serving in _serving) await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _executor.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Listens at the server's endpoint and serves until the token is cancelled. On one of its loops.</summary>
    /// <param name="name">The loop's.</param>
    /// <param name="listening">Takes the address once it listens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected abstract Task ServeAsync(string name, Action<EndPoint> listening, CancellationToken cancellationToken);

    private async Task<bool> ServeOnAsync(string name, TaskCompletionSource<EndPoint> listening, CancellationToken cancellationToken)
    {
        _loops.Add(EventLoop.Current!); // No lock: the next loop starts when this one listens.
        await ServeAsync(name, listening.SetResult, cancellationToken);
        return true;
    }
}
