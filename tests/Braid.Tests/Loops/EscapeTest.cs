using Xunit;

namespace Braid.Tests.Loops;

/// <summary>The detector listens to all tasks of the process, which other tests' measurements of time and memory would see.</summary>
[CollectionDefinition("Escapes", DisableParallelization = true)]
public sealed class EscapeCollection;

/// <summary>Methods that leave their loop. What is told is told before main goes on, so nothing has to be waited for.</summary>
public abstract class EscapeTest : LoopTest
{
    /// <summary>The names of what is told of, in their order.</summary>
    protected static string[] Escaped(Func<Task> main, LoopOptions? options = null)
    {
        var timeline = new Timeline();
        Run(async () => await main(), (options ?? new()) with { FindEscapes = true, Timeline = timeline });
        return [.. timeline.Events.Where(e => e.Phase == TracePhase.Escape).Select(e => e.Name).Order(StringComparer.Ordinal)];
    }

    // The one that leaves in the end shows that the others would have been seen.
    protected static void AssertNothing(Func<Task> main, LoopOptions? options = null) => Assert.Equal([$"{typeof(EscapeTest).FullName}.{nameof(TaskAsync)}"], Escaped(async () =>
    {
        await main();
        await TaskAsync();
    }, options));

    // Ends on the pool, and surely after it has been awaited: a task that is complete is no reason to go anywhere.
    protected static Task<bool> OnPool()
    {
        var awaited = new TaskCompletionSource();
        if (EventLoop.Current is { } loop) loop.Post(_ => awaited.SetResult(), null);
        else awaited.SetResult();
        return Task.Run(() => awaited.Task.Wait(Bound));
    }

    protected static async Task TaskAsync() => await OnPool().ConfigureAwait(false);

    protected static async Task<T> GenericAsync<T>(T value)
    {
        await OnPool().ConfigureAwait(false);
        return value;
    }

    protected static async Task FileAsync()
    {
        // A file that has been read before it is awaited keeps nobody from going on.
        while (EventLoop.Current is not null) await File.ReadAllTextAsync(typeof(EscapeTest).Assembly.Location).ConfigureAwait(false);
    }
}
