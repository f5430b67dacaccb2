using System.Runtime.CompilerServices;

namespace Braid;

/// <summary>
/// The verbs of <see cref="Executor"/> and <see cref="TaskGroup"/> with a function where they take a <see cref="Work{TArg, TResult}"/>, for
/// each of the six shapes: <c>executor.MapAsync(urls, FetchAsync)</c>. Sugar only; each is one call of <see cref="Work"/>.
/// </summary>
/// <remarks>
/// Where several shapes fit, the highest priority decides: a ValueTask before a Task, since an async lambda fits both, either before a plain result,
/// and of a method's overloads the one with a token: <c>executor.MapAsync(urls, http.GetStringAsync)</c> can be cancelled. Only for work that returns
/// nothing the one without comes first: for a call, <c>Console.WriteLine</c> has a second parameter that could be anything.
/// </remarks>
public static partial class ExecutorExtensions
{
    // ── RunAsync ──

    /// <inheritdoc cref="Executor.RunAsync{TArg, TResult}(Work{TArg, TResult}, TArg, CancellationToken)"/>
    /// <param name="executor">The executor.</param>
    /// <param name="work">The function.</param>
    /// <param name="arg">Its argument.</param>
    /// <param name="cancellationToken">See <see cref="Executor.RunAsync{TArg, TResult}(Work{TArg, TResult}, TArg, CancellationToken)"/>.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    public static ValueTask<TResult> RunAsync<TArg, TResult>(
        this Executor executor, Func<TArg, TResult> work, TArg arg,
        CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).RunAsync(Work.Of(work, name), arg, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(Executor, Func{TArg, TResult}, TArg, CancellationToken, string)"/>
    [OverloadResolutionPriority(1)]
    public static ValueTask<TResult> RunAsync<TArg, TResult>(
        this Executor executor, Func<TArg, CancellationToken, TResult> work, TArg arg,
        CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).RunAsync(Work.Of(work, name), arg, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(Executor, Func{TArg, TResult}, TArg, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static ValueTask<TResult> RunAsync<TArg, TResult>(
        this Executor executor, Func<TArg, Task<TResult>> work, TArg arg,
        CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).RunAsync(Work.Of(work, name), arg, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(Executor, Func{TArg, TResult}, TArg, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static ValueTask<TResult> RunAsync<TArg, TResult>(
        this Executor executor, Func<TArg, CancellationToken, Task<TResult>> work, TArg arg,
        CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).RunAsync(Work.Of(work, name), arg, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(Executor, Func{TArg, TResult}, TArg, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static ValueTask<TResult> RunAsync<TArg, TResult>(
        this Executor executor, Func<TArg, ValueTask<TResult>> work, TArg arg,
        CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).RunAsync(Work.Of(work, name), arg, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArg, TResult}(Executor, Func{TArg, TResult}, TArg, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static ValueTask<TResult> RunAsync<TArg, TResult>(
        this Executor executor, Func<TArg, CancellationToken, ValueTask<TResult>> work, TArg arg,
        CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).RunAsync(Work.Of(work, name), arg, cancellationToken);

    // ── MapAsync ──

    /// <inheritdoc cref="Executor.MapAsync{TArg, TResult}(IAsyncEnumerable{TArg}, Work{TArg, TResult}, MapOptions?, CancellationToken)"/>
    /// <param name="executor">The executor.</param>
    /// <param name="source">The arguments.</param>
    /// <param name="work">The function.</param>
    /// <param name="options">See <see cref="MapOptions"/>.</param>
    /// <param name="cancellationToken">Cancels what runs and ends the enumeration.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(1)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(1)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).MapAsync(source, Work.Of(work, name), options, cancellationToken);

    // ── OutcomesAsync ──

    /// <inheritdoc cref="Executor.OutcomesAsync{TArg, TResult}(IAsyncEnumerable{TArg}, Work{TArg, TResult}, MapOptions?, CancellationToken)"/>
    /// <param name="executor">The executor.</param>
    /// <param name="source">The arguments.</param>
    /// <param name="work">The function.</param>
    /// <param name="options">See <see cref="MapOptions"/>.</param>
    /// <param name="cancellationToken">Cancels what runs and ends the enumeration.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(1)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IEnumerable<TArg> source, Func<TArg, CancellationToken, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(1)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, TResult> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(2)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(3)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, Task<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(4)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    /// <inheritdoc cref="OutcomesAsync{TArg, TResult}(Executor, IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken, string)"/>
    [OverloadResolutionPriority(5)]
    public static IAsyncEnumerable<Outcome<TArg, TResult>> OutcomesAsync<TArg, TResult>(
        this Executor executor, IAsyncEnumerable<TArg> source, Func<TArg, CancellationToken, ValueTask<TResult>> work,
        MapOptions? options = null, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(work))] string name = "") =>
        NotNull(executor).OutcomesAsync(source, Work.Of(work, name), options, cancellationToken);

    private static T NotNull<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }
}
