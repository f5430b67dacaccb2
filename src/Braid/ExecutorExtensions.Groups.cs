using System.Runtime.CompilerServices;
using Braid.Items;

namespace Braid;

/// <remarks>This part starts children of a group, also those that return nothing.</remarks>
public static partial class ExecutorExtensions
{
    /// <inheritdoc cref="TaskGroup.RunAsync{TArg, TResult}(Work{TArg, TResult}, TArg)"/>
    /// <param name="group">The group.</param>
    /// <param name="work">The function.</param>
    /// <param name="arg">Its argument.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    public static Task<TResult> RunAsync<TArg, TResult>(
        this TaskGroup group, Func<TArg, TResult> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.Of(work, name), arg);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(TaskGroup, Func{TArg, TResult}, TArg, string)"/>
    [OverloadResolutionPriority(1)]
    public static Task<TResult> RunAsync<TArg, TResult>(
        this TaskGroup group, Func<TArg, CancellationToken, TResult> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.Of(work, name), arg);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(TaskGroup, Func{TArg, TResult}, TArg, string)"/>
    [OverloadResolutionPriority(2)]
    public static Task<TResult> RunAsync<TArg, TResult>(
        this TaskGroup group, Func<TArg, Task<TResult>> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.Of(work, name), arg);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(TaskGroup, Func{TArg, TResult}, TArg, string)"/>
    [OverloadResolutionPriority(3)]
    public static Task<TResult> RunAsync<TArg, TResult>(
        this TaskGroup group, Func<TArg, CancellationToken, Task<TResult>> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.Of(work, name), arg);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(TaskGroup, Func{TArg, TResult}, TArg, string)"/>
    [OverloadResolutionPriority(4)]
    public static Task<TResult> RunAsync<TArg, TResult>(
        this TaskGroup group, Func<TArg, ValueTask<TResult>> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.Of(work, name), arg);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(TaskGroup, Func{TArg, TResult}, TArg, string)"/>
    [OverloadResolutionPriority(5)]
    public static Task<TResult> RunAsync<TArg, TResult>(
        this TaskGroup group, Func<TArg, CancellationToken, ValueTask<TResult>> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.Of(work, name), arg);

    /// <summary>Starts a child that returns nothing.</summary>
    /// <param name="group">The group.</param>
    /// <param name="work">The function.</param>
    /// <param name="arg">Its argument.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    /// <returns>The child's end. It need not be awaited: its failure is the group's.</returns>
    /// <exception cref="InvalidOperationException">The group has ended, or a child has failed and the group only waits for the others.</exception>
    [OverloadResolutionPriority(2)]
    public static Task RunAsync<TArg>(
        this TaskGroup group, Func<TArg, Task> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.OfNothing<TArg>(work, WorkShape.PlainTask, name), arg);

    /// <inheritdoc cref="RunAsync{TArg}(TaskGroup, Func{TArg, Task}, TArg, string)"/>
    [OverloadResolutionPriority(3)]
    public static Task RunAsync<TArg>(
        this TaskGroup group, Func<TArg, CancellationToken, Task> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.OfNothing<TArg>(work, WorkShape.PlainTaskWithToken, name), arg);

    /// <inheritdoc cref="RunAsync{TArg}(TaskGroup, Func{TArg, Task}, TArg, string)"/>
    [OverloadResolutionPriority(4)]
    public static Task RunAsync<TArg>(
        this TaskGroup group, Func<TArg, ValueTask> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.OfNothing<TArg>(work, WorkShape.PlainValueTask, name), arg);

    /// <inheritdoc cref="RunAsync{TArg}(TaskGroup, Func{TArg, Task}, TArg, string)"/>
    [OverloadResolutionPriority(5)]
    public static Task RunAsync<TArg>(
        this TaskGroup group, Func<TArg, CancellationToken, ValueTask> work, TArg arg, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(group).RunAsync(Work.OfNothing<TArg>(work, WorkShape.PlainValueTaskWithToken, name), arg);
}
