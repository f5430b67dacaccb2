using System.Runtime.ExceptionServices;

namespace Braid.Items;

/// <summary>
/// One enumeration of a map: reads the source, submits items, hands over the places that are done.
/// </summary>
/// <remarks>
/// <code>
///  source ──► Fill ──► window (a limited number of places)    ──► TryTake ──► consumer
///                │                    ▲
///                └─► SubmitAsync ─► engine ─► item ends ─► OnDone  (or TryRetry: the next attempt of the same place)
/// </code>
/// Everything but <see cref="OnDone"/> and <see cref="TryRetry"/> runs where the consumer enumerates, one call at a time. The source is read
/// only inside MoveNextAsync, so that item n + limit is produced only after result n was taken.
/// </remarks>
internal sealed partial class ItemStream<TArg, TResult>
{
    // How long the consumer looks for a result that another thread of this process brings, in rounds of about 0.1 µs: work of a microsecond or
    // less is handed over without a thread switch, which costs 5 to 80 µs. Chosen by `benchmarks threads-map`.
    private const int MostSpins = 200;

    private readonly ItemSource<TArg> _source;
    private readonly MapWindow<TArg, TResult> _window;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _linked;
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly int? _limit;
    private readonly bool _stopsAtFirst;
    private readonly long _beganAt;
    private readonly long? _total;

    private Task<bool>? _pull;
    private Task? _wait;
    private ExceptionDispatchInfo? _sourceError;
    private Exception? _refusal;
    private SpinBudget _spins = new();
    private bool _isMoving;
    private bool _isOpen;
    private bool _isExhausted;
    private bool _isStopped;
    private volatile bool _hasFailed;
    private long _submitted;
    private long _succeeded;
    private long _failed;

    internal ItemStream(
        Executor executor, Work<TArg, TResult> work, ItemSource<TArg> source, MapOptions options, bool isMeasured, bool stopsAtFirst,
        CancellationToken methodToken, CancellationToken enumerationToken)
    {
        Executor = executor;
        Work = work;
        Options = options;
        IsMeasured = isMeasured;
        _source = source;
        _stopsAtFirst = stopsAtFirst;
        _callerToken = CallerToken.Of(methodToken, enumerationToken, out _linked);
        _limit = options.MaxConcurrency;
        _window = options.Ordered ? new OrderedWindow<TArg, TResult>() : new UnorderedWindow<TArg, TResult>();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_callerToken);
        StopToken = _stop.Token;
        _callerRegistration = _callerToken.UnsafeRegister(static state => ((MapWindow<TArg, TResult>)state!).Call(), _window);
        if (options.ItemTimeoutFactor is { } factor) RelativeLimit = new(factor, executor.TimeProvider);
        if (options.Progress is not null)
        {
            _beganAt = executor.TimeProvider.GetTimestamp();
            _total = source.Total;
        }
    }

    /// <summary>The item whose work made the map, if any: the parent of further attempts.</summary>
    private WorkItem? Maker { get; } = WorkItem.Current;

    internal Executor Executor { get; }

    internal Work<TArg, TResult> Work { get; }

    internal MapOptions Options { get; }

    /// <summary>Cancelled when the map ends early, for whatever reason.</summary>
    internal CancellationToken StopToken { get; }

    /// <summary>The limit that the items have from each other; null: none.</summary>
    internal RelativeLimit? RelativeLimit { get; }

    /// <summary>Whether somebody reads the items' durations; a clock reading costs about 30 ns.</summary>
    internal bool IsMeasured { get; }

    internal MapItem<TArg, TResult> Current { get; private set; } = null!;

    /// <summary>True: <see cref="Current"/> is the next place. Throws what the source threw, at its place; cancellation; an executor's refusal.</summary>
    internal ValueTask<bool> MoveNextAsync()
    {
        // The common case without an async method: everything is at hand, or will be in a moment.
        if (_isOpen && !_isMoving && _pull is null && !_callerToken.IsCancellationRequested && _wait is null)
        {
            var filled = FillAsync();
            if (!filled.IsCompletedSuccessfully) return MoveNextSlowAsync(filled);
            if (_refusal is null && !_window.IsEmpty && TryTakeSoon(out var place))
            {
                if (place.Exception is not null && _callerToken.IsCancellationRequested) return StopForCallerAsync();
                Take(place);
                return new(true);
            }
        }

        return MoveNextSlowAsync(default);
    }

    /// <summary>A place is done. From any thread.</summary>
    internal void OnDone(MapItem<TArg, TResult> place)
    {
        if (place.Exception is not null) _hasFailed = true;
        _window.OnDone(place);
    }

    private async ValueTask<bool> MoveNextSlowAsync(ValueTask filled)
    {
        if (Interlocked.Exchange(ref _isMoving, true))
        {
            throw new InvalidOperationException(
                $"The next result of '{Work.Name}' was asked for while an earlier call of MoveNextAsync still waits. A map has one consumer, which awaits each call; "
                + "for several, give each a map of its own, or let one write the results to a Channel.");
        }

        try
        {
            if (_isStopped) return false;
            Open();
            await filled.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
            while (true)
            {
                if (!_callerToken.IsCancellationRequested) await FillAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);

                // Also after filling: an executor that runs items right there was cancelled in the middle of it.
                if (_callerToken.IsCancellationRequested) return await StopForCallerAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
                if (_window.TryTake(out var place))
                {
                    await ThrowIfRefusedAsync(place).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
                    Take(place);
                    return true;
                }

                if (_window.IsEmpty && _pull is null) return await EndAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
                await WaitForProgressAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
            }
        }
        finally
        {
            _isMoving = false;
        }
    }

    private bool TryTakeSoon(out MapItem<TArg, TResult> place)
    {
        if (_window.TryTake(out place)) return true;
        int rounds = _spins.Rounds;
        if (rounds == 0) return false;
        bool isFound = Executor.CanAdvance
            ? Executor.AdvanceUntil(_window, static window => window.CanTake, rounds, comesBack: true) && _window.TryTake(out place)
            : TryWaitFor(Math.Min(rounds, MostSpins), out place);
        _spins.Learn(isFound);
        return isFound;
    }

    private bool TryWaitFor(int rounds, out MapItem<TArg, TResult> place)
    {
        for (int round = 0; round < rounds; round++)
        {
            Thread.SpinWait(2);
            if (_window.TryTake(out place)) return true;
        }

        place = null!;
        return false;
    }

    private void Take(MapItem<TArg, TResult> place)
    {
        Current = place;
        if (Options.Progress is not { } progress) return;
        if (place.Exception is null) _succeeded++;
        else _failed++;
        progress.Report(new(_submitted, _succeeded, _failed, _total, Executor.TimeProvider.GetElapsedTime(_beganAt)));
    }

    private async ValueTask ThrowIfRefusedAsync(MapItem<TArg, TResult> place)
    {
        if (_refusal is null || !ReferenceEquals(place.Exception, _refusal)) return;
        await StopAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        ExceptionDispatchInfo.Throw(_refusal);
    }

    /// <summary>Until a place is done, the source has an item, or the caller gives up.</summary>
    private async ValueTask WaitForProgressAsync()
    {
        if (_pull is null)
        {
            await WaitForPlaceAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
            return;
        }

        // Also when the window is empty: a cancellation is told through it.
        _wait ??= _window.WaitAsync().AsTask();
        if (IsNextDone()) return;
        await Task.WhenAny(_wait, _pull).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        if (_wait.IsCompleted) _wait = null;
    }

    private async ValueTask WaitForPlaceAsync()
    {
        if (_wait is null)
        {
            await _window.WaitAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
            return;
        }

        if (IsNextDone()) return;
        await _wait.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        _wait = null;
    }

    // Who waits since an earlier place was the first is not told of the next one, if that was done just when it became the first. A worker has its
    // fence between "it is done" and "which is the first"; this one stands between "this is the first" and "is it done".
    private bool IsNextDone()
    {
        Interlocked.MemoryBarrier();
        return _window.CanTake;
    }
}
