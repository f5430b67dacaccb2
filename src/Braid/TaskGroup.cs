using System.Runtime.CompilerServices;
using Braid.Items;
using Braid.Wire;

namespace Braid;

/// <summary>A scope of items that end together. Made by <see cref="Executor.GroupAsync(Func{TaskGroup, Task}, CancellationToken)"/>.</summary>
/// <remarks>
/// Thread-safe. The first failure, of a child or of the body, cancels the others; the group waits for all and then raises that failure, without
/// the cancellations that it caused. No child outlives the group. A group that is opened inside another, by its body or by the work of a child
/// in this process, is cancelled with it, unless <see cref="GroupOptions.IsShielded"/> says otherwise.
/// </remarks>
public sealed class TaskGroup
{
    private static readonly AsyncLocal<TaskGroup?> Innermost = new();

    private readonly Executor _executor;
    private readonly bool _isolatesFailures;
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _callerToken;
    private readonly CancellationToken _surroundingToken;
    private readonly TimeSpan _timeout;
    private readonly ITimer? _timer;

    // When the group's time is over, or that of a group around it, in timestamps of the executor's clock.
    private readonly long _deadline = long.MaxValue;

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Exception> _failures = [];
    private int _running = 1; // The body.
    private bool _isClosed;
    private bool _isTimedOut;
    private bool _isCutShort;

    internal TaskGroup(Executor executor, GroupOptions options, CancellationToken callerToken)
    {
        _executor = executor;
        _isolatesFailures = options.IsolateFailures;
        _timeout = options.Timeout;
        _callerToken = callerToken;
        var surrounding = options.IsShielded ? null : Innermost.Value;
        if (surrounding is { _isClosed: false }) _surroundingToken = surrounding.CancellationToken;
        else surrounding = null;
        _source = CancellationTokenSource.CreateLinkedTokenSource(callerToken, _surroundingToken);
        CancellationToken = _source.Token;

        var clock = executor.TimeProvider;
        if (surrounding?._executor.TimeProvider == clock) _deadline = surrounding._deadline;
        if (_timeout == Timeout.InfiniteTimeSpan) return;
        long deadline = clock.GetTimestamp() + (long)(_timeout.TotalSeconds * clock.TimestampFrequency);

        // Otherwise the outer limit is over first, or at once with this one, and it is the outer one's to tell.
        if (deadline >= _deadline) return;
        _deadline = deadline;
        _timer = clock.CreateTimer(static group => ((TaskGroup)group!).Expire(), this, _timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Cancelled when a sibling fails, by <see cref="Cancel"/>, when the group's time is over, and when the group's caller or a group around it
    /// gives up.
    /// </summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>What the body and the children have raised, without the cancellations that this caused. Read when the group has ended.</summary>
    internal IReadOnlyList<Exception> Failures => _failures;

    /// <summary>Starts a child. Children may start children as long as the group waits.</summary>
    /// <returns>The child's result. It need not be awaited: its failure is the group's.</returns>
    /// <exception cref="InvalidOperationException">The group has ended, or a child has failed and the group only waits for the others.</exception>
    public Task<TResult> RunAsync<TArg, TResult>(Work<TArg, TResult> work, TArg arg)
    {
        ArgumentNullException.ThrowIfNull(work);
        Join(work.Name);
        var child = RunChildAsync(work, arg);

        // The group has told of it; a caller who does not await the child has not missed it.
        if (!_isolatesFailures) _ = ObserveAsync(child);
        return child;
    }

    /// <summary>Starts a child and waits until it says that it is ready: a server that listens, for example. It goes on afterwards.</summary>
    /// <param name="child">Calls <see cref="ReadySignal{TReady}.Set"/> when it is ready, and then goes on until it is done.</param>
    /// <param name="arg">Its argument.</param>
    /// <param name="name">The work's name; by default what is written at the call site.</param>
    /// <returns>What the child gave to <see cref="ReadySignal{TReady}.Set"/>. The child itself is the group's, like any other.</returns>
    /// <exception cref="InvalidOperationException">The child has ended without saying that it is ready; or as <see cref="RunAsync{TArg, TResult}(Work{TArg, TResult}, TArg)"/>.</exception>
    /// <exception cref="Exception">What the child raised before it was ready.</exception>
    /// <exception cref="WorkNotPortableException">The group's executor runs work in other processes, to which the signal cannot go.</exception>
    public async Task<TReady> StartAsync<TArg, TReady>(
        Func<TArg, ReadySignal<TReady>, CancellationToken, Task> child, TArg arg, [CallerArgumentExpression(nameof(child))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(child);
        var signal = new ReadySignal<TReady>();
        Func<TArg, CancellationToken, Task> withSignal = (given, token) => child(given, signal, token);
        string workName = WorkName.Of(name, child);
        var work = new Work<TArg, Nothing>(withSignal, WorkShape.PlainTaskWithToken, workName) { Function = FunctionId.Bound(workName, "its ReadySignal belongs to this process") };
        var end = RunAsync(work, arg);
        await Task.WhenAny(signal.Task, end).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        if (signal.Task.IsCompleted) return await signal.Task.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        await end.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        throw new InvalidOperationException($"Child '{work.Name}' has ended and never said that it was ready; it must call Set on its ReadySignal before it goes on.");
    }

    /// <summary>Cancels all children and the group's token. The group itself then ends without an error, unless its body raises one.</summary>
    public void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // Callbacks that children registered have thrown; what the children themselves raise is what counts.
        }
        catch (ObjectDisposedException)
        {
            // The group has ended, and there is nothing to cancel.
        }
    }

    /// <summary>Makes this the group around those that are opened from here on, until the calling async method returns.</summary>
    internal void Enter() => Innermost.Value = this;

    /// <summary>The body has ended, well or not. Completes when all children have ended; raises the group's end, but for its <see cref="Failures"/>.</summary>
    internal async Task EndAsync(Exception? bodyFailure)
    {
        if (bodyFailure is not null) Report(bodyFailure);
        Leave();
        await _empty.Task.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        _source.Dispose();
        if (_failures.Count > 0) return;
        _callerToken.ThrowIfCancellationRequested();
        _surroundingToken.ThrowIfCancellationRequested();
        if (_isTimedOut && _isCutShort)
            throw new GroupTimeoutException($"A group on '{_executor.Name}' was not done within its Timeout of {_timeout}; what it ran was cancelled and has ended.") { Timeout = _timeout };
    }

    private void Join(string name)
    {
        lock (_gate)
        {
            if (_isClosed) throw new InvalidOperationException($"The group has ended; '{name}' cannot be started in it any more.");
            if (_failures.Count > 0)
            {
                throw new InvalidOperationException(
                    $"The group has failed ({_failures[0].Message}) and waits for its children to end; '{name}' cannot be started in it any more.", _failures[0]);
            }

            _running++;
        }
    }

    private async Task<TResult> RunChildAsync<TArg, TResult>(Work<TArg, TResult> work, TArg arg)
    {
        Enter();
        try
        {
            return await _executor.RunAsync(work, arg, CancellationToken).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception exception)
        {
            if (!_isolatesFailures || exception is OperationCanceledException) Report(exception, isOwn: _isolatesFailures);
            throw;
        }
        finally
        {
            Leave();
        }
    }

    private static async Task ObserveAsync(Task child)
    {
        try
        {
            await child.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception)
        {
            // Reported where it was raised.
        }
    }

    /// <param name="exception">What the body or a child has raised.</param>
    /// <param name="isOwn">True: if it is no cancellation by the group, it is nobody else's affair.</param>
    private void Report(Exception exception, bool isOwn = false)
    {
        lock (_gate)
        {
            // Once the group is being cancelled, cancellations are its consequence and not news.
            if (exception is OperationCanceledException && CancellationToken.IsCancellationRequested)
            {
                _isCutShort = true;
                return;
            }

            // The body often raises what a child that it awaits has raised.
            if (isOwn || _failures.Contains(exception)) return;
            _failures.Add(exception);
        }

        Cancel();
    }

    private void Expire()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isTimedOut = true;
        }

        Cancel();
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running > 0) return;
            _isClosed = true;
        }

        _empty.TrySetResult();
    }
}
