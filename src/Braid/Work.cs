using System.Runtime.CompilerServices;
using Braid.Items;
using Braid.Wire;

namespace Braid;

/// <summary>
/// A function of one argument, with a name. A function that captures nothing has an identity and its argument is its only
/// input, so the same call can run on a thread, in a process, on a loop, or on another machine.
/// </summary>
/// <remarks>Made by <see cref="Work"/>. Immutable and thread-safe.</remarks>
public sealed class Work<TArg, TResult>
{
    private readonly Delegate _function;
    private readonly WorkShape _shape;

    internal Work(Delegate function, WorkShape shape, string name)
    {
        _function = function;
        _shape = shape;
        Name = WorkName.Of(name, function);
    }

    /// <summary>What the caller wrote at the call site, for example <c>Primes.Count</c>; shortened when it is a long lambda.</summary>
    public string Name { get; }

    /// <summary>True when the function returns a <see cref="Task"/> or a <see cref="ValueTask"/>.</summary>
    public bool IsAsync => _shape >= WorkShape.FirstAsync;

    /// <summary>True when it can run in another process: static, captures nothing, argument and result can be encoded.</summary>
    /// <remarks>The first reading inspects the types, which takes microseconds; later ones are free.</remarks>
    public bool IsPortable => Function.WhyNotPortable is null;

    /// <summary>The function's identity for another process, or why it has none.</summary>
    internal FunctionId Function { get => field ??= FunctionId.Of(_function, typeof(TArg), typeof(TResult), Name); init; }

    /// <summary>Calls the function. Throws what it throws before its first await.</summary>
    internal ValueTask<TResult> InvokeAsync(TArg arg, CancellationToken cancellationToken) => _shape switch
    {
        // Unsafe.As: the shape was decided by the overload that took the delegate, so the type is known; a checked cast costs 2 ns an item.
        WorkShape.Function => new(Unsafe.As<Func<TArg, TResult>>(_function)(arg)),
        WorkShape.FunctionWithToken => new(Unsafe.As<Func<TArg, CancellationToken, TResult>>(_function)(arg, cancellationToken)),
        WorkShape.Task => new(NotNull(Unsafe.As<Func<TArg, Task<TResult>>>(_function)(arg))),
        WorkShape.TaskWithToken => new(NotNull(Unsafe.As<Func<TArg, CancellationToken, Task<TResult>>>(_function)(arg, cancellationToken))),
        WorkShape.ValueTask => Unsafe.As<Func<TArg, ValueTask<TResult>>>(_function)(arg),
        WorkShape.ValueTaskWithToken => Unsafe.As<Func<TArg, CancellationToken, ValueTask<TResult>>>(_function)(arg, cancellationToken),
        _ => InvokeWithoutResultAsync(arg, cancellationToken),
    };

    private ValueTask<TResult> InvokeWithoutResultAsync(TArg arg, CancellationToken cancellationToken)
    {
        switch (_shape)
        {
            case WorkShape.Action:
                Unsafe.As<Action<TArg>>(_function)(arg);
                return default;
            case WorkShape.ActionWithToken:
                Unsafe.As<Action<TArg, CancellationToken>>(_function)(arg, cancellationToken);
                return default;
            case WorkShape.PlainTask:
                return WithoutResultAsync(new ValueTask(NotNull(Unsafe.As<Func<TArg, Task>>(_function)(arg))));
            case WorkShape.PlainTaskWithToken:
                return WithoutResultAsync(new ValueTask(NotNull(Unsafe.As<Func<TArg, CancellationToken, Task>>(_function)(arg, cancellationToken))));
            case WorkShape.PlainValueTask:
                return WithoutResultAsync(Unsafe.As<Func<TArg, ValueTask>>(_function)(arg));
            default:
                return WithoutResultAsync(Unsafe.As<Func<TArg, CancellationToken, ValueTask>>(_function)(arg, cancellationToken));
        }
    }

    private static async ValueTask<TResult> WithoutResultAsync(ValueTask task)
    {
        // The engine's own context on purpose: on a loop the item's end belongs to the loop.
        await task.ConfigureAwait(true);
        return default!;
    }

    private TTask NotNull<TTask>(TTask? task) where TTask : Task =>
        task ?? throw new InvalidOperationException($"Work '{Name}' returned null instead of a task; return Task.FromResult(…) or make the method async.");
}

/// <summary>Makes work from the six natural shapes of a function: with or without a token, returning a result, a task or a value task of it.</summary>
/// <remarks>
/// The verbs of an executor take such functions directly and infer everything: <c>executor.MapAsync(urls, FetchAsync)</c>. Here the argument's type
/// has to be told: <c>Work.Of((int n) => Count(n))</c> or <c>Work.Of&lt;int, long&gt;(Count)</c>; C# infers nothing from a bare method group.
/// </remarks>
public static class Work
{
    /// <summary>Work from a function.</summary>
    /// <param name="work">The function. For use in other processes: a static method, or a lambda that captures nothing.</param>
    /// <param name="name">Its name in messages and timelines; by default what is written at the call site.</param>
    /// <exception cref="ArgumentException"><paramref name="work"/> returns a task without a result, which would never be awaited.</exception>
    public static Work<TArg, TResult> Of<TArg, TResult>(Func<TArg, TResult> work, [CallerArgumentExpression(nameof(work))] string name = "") =>
        new(NotTask<TResult>(work, name), WorkShape.Function, name);

    /// <inheritdoc cref="Of{TArg, TResult}(Func{TArg, TResult}, string)"/>
    [OverloadResolutionPriority(1)]
    public static Work<TArg, TResult> Of<TArg, TResult>(Func<TArg, CancellationToken, TResult> work, [CallerArgumentExpression(nameof(work))] string name = "") =>
        new(NotTask<TResult>(work, name), WorkShape.FunctionWithToken, name);

    /// <inheritdoc cref="Of{TArg, TResult}(Func{TArg, TResult}, string)"/>
    [OverloadResolutionPriority(2)]
    public static Work<TArg, TResult> Of<TArg, TResult>(Func<TArg, Task<TResult>> work, [CallerArgumentExpression(nameof(work))] string name = "") =>
        new(NotNull(work), WorkShape.Task, name);

    /// <inheritdoc cref="Of{TArg, TResult}(Func{TArg, TResult}, string)"/>
    [OverloadResolutionPriority(3)]
    public static Work<TArg, TResult> Of<TArg, TResult>(Func<TArg, CancellationToken, Task<TResult>> work, [CallerArgumentExpression(nameof(work))] string name = "") =>
        new(NotNull(work), WorkShape.TaskWithToken, name);

    /// <inheritdoc cref="Of{TArg, TResult}(Func{TArg, TResult}, string)"/>
    [OverloadResolutionPriority(4)]
    public static Work<TArg, TResult> Of<TArg, TResult>(Func<TArg, ValueTask<TResult>> work, [CallerArgumentExpression(nameof(work))] string name = "") =>
        new(NotNull(work), WorkShape.ValueTask, name);

    /// <inheritdoc cref="Of{TArg, TResult}(Func{TArg, TResult}, string)"/>
    [OverloadResolutionPriority(5)]
    public static Work<TArg, TResult> Of<TArg, TResult>(Func<TArg, CancellationToken, ValueTask<TResult>> work, [CallerArgumentExpression(nameof(work))] string name = "") =>
        new(NotNull(work), WorkShape.ValueTaskWithToken, name);

    /// <summary>Work that returns nothing, for <c>ForEachAsync</c>.</summary>
    internal static Work<TArg, Nothing> OfNothing<TArg>(Delegate work, WorkShape shape, string name) => new(NotNull(work), shape, name);

    private static Delegate NotNull(Delegate work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return work;
    }

    private static Delegate NotTask<TResult>(Delegate work, string name)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (typeof(TResult) == typeof(Task) || typeof(TResult) == typeof(ValueTask))
        {
            throw new ArgumentException(
                $"Work '{WorkName.Of(name, work)}' returns a {typeof(TResult).Name} without a result, which nobody would await. Return a value, or use ForEachAsync for work that returns nothing.",
                nameof(work));
        }

        return work;
    }
}
