namespace Braid.Benchmarks.Cases;

/// <summary>The least one thread needs to run async code: a queue. No timers, no sockets, no other threads; what the loop's own cost is held against.</summary>
internal sealed class SimpleContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    /// <summary>Runs the function's continuations here until its task is done.</summary>
    internal static TResult Run<TResult>(Func<Task<TResult>> main)
    {
        var outer = Current;
        var context = new SimpleContext();
        SetSynchronizationContext(context);
        try
        {
            var done = main();
            while (!done.IsCompleted && context._ready.TryDequeue(out var next)) next.Callback(next.State);
            return done.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
