using Braid.Loops;

namespace Braid;

/// <remarks>This part tells what is alive on the loop.</remarks>
public sealed partial class EventLoop
{
    // A loop that takes longer to answer is blocked; who asks then wants to know that, and not to wait.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(100);

    /// <summary>What was started through the loop and has not ended: main, a <see cref="LoopExecutor"/>'s items, calls of <see cref="OffloadAsync"/>. From any thread.</summary>
    /// <remarks>
    /// A snapshot, the oldest first. An async method that is merely called is no task of its own: what it waits for is told with the task
    /// that called it. From another thread it asks the loop what is waited for and gives it a tenth of a second; a loop that is blocked does not answer,
    /// and <see cref="LoopTask.WaitsFor"/> is null.
    /// </remarks>
    public IReadOnlyList<LoopTask> Tasks => LiveTasks.Describe(IsCurrentThread ? CurrentWaits() : AskForWaits());

    internal LiveTasks LiveTasks { get; }

    /// <summary>The main of <see cref="Run{TResult}"/>; null: the loop of an executor.</summary>
    internal LiveTask? Main { get; set; }

    private IEnumerable<ILoopWait> Waits() => _timers.Waits().Concat(Poller.Waits());

    private LoopWaits CurrentWaits() => new(Waits());

    private LoopWaits? AskForWaits()
    {
        var answer = new TaskCompletionSource<LoopWaits>();
        return TryPostLibrary(_ => answer.SetResult(CurrentWaits()), null) && answer.Task.Wait(AnswerTime) ? answer.Task.Result : null;
    }
}
