namespace Braid.Loops;

/// <summary>Closes something of a loop's from whichever thread it is disposed on.</summary>
internal static class LoopDisposal
{
    /// <summary>At once on the loop's thread, else there by way of a post. Complete when it is closed.</summary>
    public static ValueTask CloseAsync<T>(EventLoop loop, T target, Action<T> close)
    {
        if (loop.IsCurrentThread)
        {
            close(target);
            return ValueTask.CompletedTask;
        }

        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // the caller's code is not the loop's
        var posted = loop.TryPostLibrary(
            _ =>
            {
                close(target);
                closed.SetResult();
            },
            null);
        return posted ? new ValueTask(closed.Task) : ValueTask.CompletedTask; // else the loop has ended and closed it
    }
}
