namespace Braid;

/// <summary>How a child of a group says that it is ready: see <see cref="TaskGroup.StartAsync{TArg, TReady}"/>. Thread-safe.</summary>
public sealed class ReadySignal<TReady>
{
    // Asynchronously: whoever waits must not go on inside the child's own call.
    private readonly TaskCompletionSource<TReady> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ReadySignal()
    {
    }

    internal Task<TReady> Task => _ready.Task;

    /// <summary>The child is ready; <see cref="TaskGroup.StartAsync{TArg, TReady}"/> returns this value.</summary>
    /// <param name="value">What the group needs to know of it: the port on which it listens, for example.</param>
    /// <exception cref="InvalidOperationException">It has been said already.</exception>
    public void Set(TReady value)
    {
        if (!_ready.TrySetResult(value)) throw new InvalidOperationException("The child has said already that it is ready; Set may be called once.");
    }
}
